import json
from dataclasses import replace

import pytest

from bioplast.errors import RequestError
from bioplast.plasticity import Largest, Subnet
from bioplast.training import RunConfig

PROVENANCE = {"data": "ab", "revisions": {"training": 1}, "code": {"models/ann.py": "cd"}}
COMPLETE = {
    "hidden": 100,
    "max_samples": 1000,
    "device": "cpp_standalone",
    "settings": {"learning_rate": 0.01},
    "provenance": PROVENANCE,
}


def make_complete(**values) -> RunConfig:
    return RunConfig(**{"model": "ann", **COMPLETE} | values)


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("rule", "largest(1.3)", r"Largest\.fraction: must be in \(0, 1\], got 1\.3"),
        ("rule", "greatest(0.1)", "no rule 'greatest'; there are above, adam"),
        (
            "hidden",
            0,
            r"RunConfig\.hidden: must be a whole number .*, or several, one a hidden layer, got 0",
        ),
        (
            "hidden",
            1.5,
            r"RunConfig\.hidden: must be a whole number .*, or several, one a hidden layer, got 1\.5",
        ),
        ("seed", -1, r"RunConfig\.seed: must be a whole number >= 0, got -1"),
        ("seed", True, r"RunConfig\.seed: must be a whole number >= 0, got True"),
        ("protocol", "custom", "protocol: no protocol 'custom'; there are standard"),
        ("goal", 0, r"RunConfig\.goal: must be in \(0, 1\], got 0"),
        ("goal", float("nan"), r"RunConfig\.goal: must be in \(0, 1\], got nan"),
        ("goal", 95, r"RunConfig\.goal: must be in \(0, 1\], got 95"),
        ("max_samples", 0, r"RunConfig\.max_samples: must be a whole number >= 1, got 0"),
        ("options", {"scale": float("inf")}, "scale must be true or false, a number or a word, got inf"),
        ("options", {"scale": [1]}, r"scale must be true or false, a number or a word, got \[1\]"),
        ("options", {"scale": None}, "scale must be true or false, a number or a word, got None"),
        ("options", ["scale"], r"options: must be values by name of a setting, got \['scale'\]"),
        ("options", {1: 2}, r"options: must be values by name of a setting, got \{1: 2\}"),
        ("interval", 0, r"RunConfig\.interval: must be a whole number >= 1, got 0"),
        ("shift", -1, r"RunConfig\.shift: must be a whole number >= 0, got -1"),
        ("shift", True, r"RunConfig\.shift: must be a whole number >= 0, got True"),
        ("falling", 1, r"RunConfig\.falling: must be true or false, got 1"),
        ("device", "gpu", r"RunConfig\.device: must be one of cpp_standalone, runtime, numba, got 'gpu'"),
    ],
)
def test_bad_value_is_refused_with_its_name(field, value, match):
    with pytest.raises(RequestError, match=match):
        RunConfig(**{"model": "ann", field: value})


def test_rule_is_kept_in_canonical_form():
    config = RunConfig("ann", rule=" largest( 0.10 )+subnet(50)")
    assert config.rule == "subnet(50) + largest(0.1)"
    assert config.plasticity == Largest(0.1) + Subnet(50)
    assert config == RunConfig("ann", rule="subnet(50)+largest(0.1)")


def test_key_is_sixteen_hexadecimal_digits_and_the_same_each_time():
    key = make_complete().key
    assert len(key) == 16
    assert int(key, 16) > 0
    assert key == make_complete().key
    # Written down: results/ folders of earlier versions are found by it.
    assert key == "05a7713c2564d572"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", "rate"),
        ("rule", "largest(0.1)"),
        ("hidden", 101),
        ("seed", 2),
        ("goal", 0.96),
        ("max_samples", 1001),
        ("device", "runtime"),
        ("interval", 500),
        ("shift", 1),
        ("falling", True),
        ("options", {"learning_rate": 0.02}),
        ("settings", {"learning_rate": 0.02}),
        ("provenance", PROVENANCE | {"data": "ef"}),
        ("provenance", PROVENANCE | {"revisions": {"training": 2}}),
        ("provenance", PROVENANCE | {"code": {"models/ann.py": "ef"}}),
    ],
)
def test_key_differs_with_every_field(field, value):
    assert replace(make_complete(), **{field: value}).key != make_complete().key


def test_the_same_data_elsewhere_are_the_same_run():
    assert replace(make_complete(), task="elsewhere").key == make_complete().key


@pytest.mark.parametrize("field", ["hidden", "max_samples", "settings", "provenance"])
def test_there_is_no_key_before_all_is_settled(field):
    with pytest.raises(RuntimeError, match="set_up"):
        _ = replace(make_complete(), **{field: None}).key


def test_survives_json():
    config = make_complete(
        rule="largest(0.1)", goal=1, options={"p_input": 0.1, "dale": True}, shift=1, falling=True, interval=9
    )
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_can_be_a_member_of_a_set():
    assert len({make_complete(), make_complete(), make_complete(seed=2)}) == 2


def test_options_have_one_order():
    one = make_complete(options={"b": 1, "a": "x"})
    other = make_complete(options={"a": "x", "b": 1})
    assert list(one.options) == ["a", "b"]
    assert one == other
    assert one.key == other.key


def test_options_given_later_change_nothing():
    options = {"a": 1}
    config = make_complete(options=options)
    options["a"] = 2
    assert config.options == {"a": 1}


def test_title():
    assert RunConfig("ann", "largest(0.10)", seed=3).title == "ann, largest(0.1), seed 3"
    config = RunConfig("rate", options={"feedback": "random", "dale": True})
    assert config.title == "rate, plain, dale=true, feedback=random, seed 1"
    assert RunConfig("ann", shift=2, falling=True).title == "ann, plain, shift=2, falling=true, seed 1"
