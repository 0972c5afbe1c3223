import pytest

from bioplast.jsontext import parse_json


def test_json_is_read():
    assert parse_json('{"a": [1, 2.5, null, true, "x"]}') == {"a": [1, 2.5, None, True, "x"]}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[1", "", "\0", "9" * 5000])
def test_what_cannot_be_read_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
