"""Values of a record that are not what they should be."""

import pytest

from bioplast.training.fields import check_record

RECORD = {
    "key": "0" * 16,
    "model": "tiny",
    "hidden": 8,
    "seed": 1,
    "samples": 100,
    "epochs": 0.5,
    "converged": False,
    "accuracy": {"online": 0.5, "validation": None},
    "energy": {"m0": 3, "m1": 0.5, "layers": {"input->hidden": {"m0": 3}}},
    "versions": {"numpy": "2.0"},
    "config": {"options": {"x": 1}, "settings": None},
    "commit": None,
}


def test_a_record_passes_whole_or_with_less():
    check_record(RECORD)
    check_record({"key": "k"})


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"model": 3}, "model must be a text, is '3'"),
        ({"seed": True}, "seed must be a whole number >= 0, is 'True'"),
        ({"seed": -1}, "seed must be a whole number >= 0"),
        ({"samples": 10**400}, "samples must be a whole number >= 0, is '1000"),
        ({"epochs": None}, "epochs must be a number, is 'None'"),
        ({"converged": "yes"}, "converged must be true or false"),
        ({"accuracy": [0.5]}, "accuracy must be values by name"),
        ({"accuracy": {"test": "x"}}, "accuracy.test must be a number or null, is 'x'"),
        ({"energy": None}, "energy must be values by name"),
        ({"energy": {"layers": 3}}, "energy.layers must be values by name"),
        ({"energy": {"layers": {"a": 3}}}, "energy.layers.a must be values by name"),
        (
            {"energy": {"layers": {"a": {"m0": []}}}},
            r"energy.layers.a.m0 must be a number or null",
        ),
        ({"versions": {"numpy": 2}}, "versions.numpy must be a text"),
        ({"config": []}, "config must be values by name"),
        ({"config": {"options": [1]}}, "config.options must be values by name"),
        ({"commit": 1}, "commit must be a text or null"),
    ],
)
def test_a_value_of_another_kind_is_named(changes, match):
    with pytest.raises(ValueError, match=match):
        check_record(RECORD | changes)


@pytest.mark.parametrize("record", [None, 3, [], {}, "key"])
def test_what_has_no_key_is_no_record(record):
    with pytest.raises(ValueError, match="it is not the record of a run"):
        check_record(record)
