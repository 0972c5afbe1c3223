import json

import pytest

from bioplast.errors import RequestError
from bioplast.studies.point import POINT_FILE, Point, find_point, write_point

POINT = Point("caching", {"load": 1.5, "seed": 3, "trigger": "neuron"})
ROWS = [{"m1": 2.5, "n_updates": 4}, {"m1": float("nan"), "n_updates": 5}]


@pytest.mark.parametrize(
    "other",
    [
        Point("turnover", POINT.values),
        Point("caching", POINT.values | {"seed": 4}),
        Point("caching", POINT.values | {"more": 1}),
    ],
)
def test_another_point_has_another_key(other):
    assert Point("caching", dict(reversed(POINT.values.items()))).key == POINT.key != other.key


def test_a_value_that_is_no_scalar_is_refused_by_name():
    with pytest.raises(RequestError, match=r"^caching\.loads: must be a text, a number, .* got \[1, 2\]$"):
        Point("caching", {"loads": [1, 2]})


def test_rows_come_back_and_what_is_no_number_is_missing(tmp_path):
    assert find_point(tmp_path / "new", POINT) is None
    write_point(tmp_path / "new", POINT, ROWS, seconds=1.23456)
    assert find_point(tmp_path / "new", POINT) == [ROWS[0], {"m1": None, "n_updates": 5}]
    content = json.loads((tmp_path / "new" / POINT_FILE).read_text())
    assert (content["experiment"], content["values"], content["seconds"]) == ("caching", POINT.values, 1.235)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"key": "0123"}'])
def test_a_damaged_file_is_told(tmp_path, text):
    (tmp_path / POINT_FILE).write_text(text)
    with pytest.raises(RequestError, match="is damaged"):
        find_point(tmp_path, POINT)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="cannot write to"):
        write_point(tmp_path / "file", POINT, ROWS, seconds=0)


def test_a_point_has_a_name_for_people():
    assert POINT.name == "load 1.5, seed 3, trigger neuron"


@pytest.mark.parametrize(
    "change", [("5", "6"), ('"n_updates"', '"n_update"'), ('"seconds": 1', '"seconds": 2')]
)
def test_an_altered_digit_is_told(tmp_path, change):
    write_point(tmp_path, POINT, ROWS, seconds=1.2345)
    path = tmp_path / POINT_FILE
    text = path.read_text()
    path.write_text(text.replace(*change, 1))
    assert path.read_text() != text
    with pytest.raises(RequestError, match="is damaged: "):
        find_point(tmp_path, POINT)
