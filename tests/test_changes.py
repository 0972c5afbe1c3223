import pytest

from bioplast.changes import check_changes, format_changes
from bioplast.errors import RequestError

SETTINGS = {"learning_rate": 0.01, "steps": 50, "dale": False, "feedback": "symmetric", "sizes": (1, 2)}


def test_changes_have_the_type_of_the_setting():
    changes = {"learning_rate": 1, "steps": 2, "dale": True, "feedback": "random"}
    checked = check_changes("net", SETTINGS, changes)
    assert checked == changes
    assert [type(value) for value in checked.values()] == [float, int, bool, str]


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        (
            "lerning_rate",
            1,
            "net has no setting 'lerning_rate'; there are learning_rate, steps, dale, feedback, sizes",
        ),
        ("learning_rate", "1", "learning_rate of net must be a number, got '1'"),
        ("learning_rate", True, "learning_rate of net must be a number, got True"),
        ("steps", 1.0, r"steps of net must be a whole number, got 1\.0"),
        ("steps", True, "steps of net must be a whole number, got True"),
        ("sizes", 1, r"sizes of net cannot be changed, it is \(1, 2\)"),
        ("dale", 1, "dale of net must be true or false, got 1"),
        ("feedback", 1, "feedback of net must be a word, got 1"),
    ],
)
def test_what_does_not_fit_is_refused(name, value, match):
    with pytest.raises(RequestError, match=match):
        check_changes("net", SETTINGS, {name: value})


def test_format():
    assert format_changes({}) == ""
    assert format_changes({"a": 0.1, "b": True, "c": "x"}) == "a=0.1, b=true, c=x"
