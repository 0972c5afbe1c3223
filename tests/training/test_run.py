import json
import re
import subprocess

import numpy as np
import pytest

import bioplast
from bioplast.errors import RequestError
from bioplast.training import RunConfig, carry_out, set_up
from bioplast.training.record import format_record

# design.md, "Files and outputs", in its order.
LINE = [
    "model",
    "rule",
    "hidden",
    "seed",
    "task",
    "protocol",
    "samples",
    "epochs",
    "converged",
    "accuracy",
    "energy",
    "signalling",
    "seconds",
    "images_per_second",
    "key",
    "versions",
]
MORE = ["encoding", "goal", "diverged", "message", "commit", "created", "config"]
ENERGY = ["m0", "m1", "m0_min", "m1_min", "inefficiency_m0", "inefficiency_m1", "maintenance"]


@pytest.fixture
def make_config(patterns):
    def make(**values) -> RunConfig:
        return RunConfig(**{"model": "tiny", "task": str(patterns), "max_samples": 300} | values)

    return make


@pytest.fixture
def wild(study):
    """A model like tiny whose weights overflow at once."""
    text = (study / "models" / "tiny.py").read_text()
    wild = text.replace("LEARNING_RATE = 0.1", "LEARNING_RATE = 1e200")
    assert wild != text
    (study / "models" / "wild.py").write_text(wild)
    return "wild"


def test_record_has_the_keys_of_the_design_in_their_order(make_config, study):
    record = carry_out(make_config(), project=study).record
    assert list(record) == LINE + MORE
    assert list(record["accuracy"]) == ["online", "validation", "test"]
    assert list(record["energy"]) == [*ENERGY, "layers"]
    assert {name: list(values) for name, values in record["energy"]["layers"].items()} == {
        "input->hidden": ENERGY,
        "hidden->output": ENERGY,
    }
    assert list(record["signalling"]) == ["spikes_input", "spikes_hidden", "synaptic_events", "macs"]
    assert list(record["seconds"]) == ["build", "train", "evaluate"]
    assert list(record["versions"]) == ["python", "bioplast", "numpy", "numba", "brian2"]
    assert json.loads(format_record(record)) == record


def test_record_says_what_happened(make_config, study):
    run = carry_out(make_config(rule="largest(0.5)", hidden=5, seed=7, goal=0.5), project=study)
    record = run.record
    assert (record["model"], record["rule"], record["hidden"], record["seed"]) == (
        "tiny",
        "largest(0.5)",
        5,
        7,
    )
    assert (record["protocol"], record["encoding"], record["goal"]) == ("standard", "rates", 0.5)
    assert record["converged"] is True
    assert record["diverged"] is False
    assert record["samples"] == 300
    assert record["epochs"] == pytest.approx(300 / 220, abs=1e-4)
    assert record["message"] == "reached 50.00% on validation after 300 samples"
    assert record["accuracy"]["validation"] > 0.9
    assert record["accuracy"]["test"] > 0.9
    assert record["versions"]["bioplast"] == bioplast.__version__
    assert record["versions"]["numpy"] == np.__version__
    assert record["signalling"]["macs"] > 0
    assert record["images_per_second"] > 0
    assert RunConfig.from_dict(record["config"]).key == record["key"]


def test_energy_is_that_of_the_state_and_of_the_last_row(make_config, study):
    run = carry_out(make_config(), project=study)
    energy = run.record["energy"]
    layers = energy["layers"].values()
    assert energy["m0"] == sum(layer["m0"] for layer in layers) == run.trace[-1]["m0"]
    assert energy["m1"] == pytest.approx(sum(layer["m1"] for layer in layers), rel=1e-12)
    assert energy["m1"] >= energy["m1_min"] > 0
    assert energy["m0"] == sum(int(layer.books.m0.sum()) for layer in run.state.layers)
    assert energy["inefficiency_m1"] == energy["m1"] / energy["m1_min"]


def test_run_that_gives_up_is_recorded_and_tested(make_config, study):
    record = carry_out(make_config(max_samples=5, goal=1.0), project=study).record
    assert record["converged"] is False
    assert record["samples"] == 5
    assert record["message"] == "did not reach 100.00% on validation within 5 samples"
    assert record["accuracy"]["test"] is not None


def test_same_seed_same_numbers(make_config, study):
    one, two, other = (carry_out(make_config(seed=seed), project=study) for seed in (1, 1, 2))
    timed = ("seconds", "images_per_second", "created")
    assert {k: v for k, v in one.record.items() if k not in timed} == {
        k: v for k, v in two.record.items() if k not in timed
    }
    assert one.trace == two.trace
    assert one.record["energy"]["m1"] != other.record["energy"]["m1"]
    assert one.record["key"] != other.record["key"]


def test_diverged_run_is_recorded_and_says_what_to_lower(make_config, study, wild):
    run = carry_out(make_config(model=wild), project=study)
    record = run.record
    assert record["diverged"] is True
    assert record["converged"] is False
    assert record["message"] == (
        "diverged: within 300 samples a weight became NaN or infinite; "
        "lower learning_rate (1e+200) in models/wild.py"
    )
    assert (record["accuracy"]["validation"], record["accuracy"]["test"]) == (None, None)
    assert (record["energy"]["m1"], run.trace[-1]["m1"]) == (None, None)
    text = format_record(record)
    assert "NaN" not in re.sub(r'"message": "[^"]*"', "", text)


def test_defaults_are_filled_in_without_changing_what_the_key_means(make_config, study):
    config = set_up(make_config(max_samples=None), project=study).config
    assert (config.hidden, config.max_samples) == (8, 5 * 220)
    assert config.settings == {"learning_rate": 0.1, "scales": [0.1, 0.1]}
    assert config.key == set_up(make_config(hidden=8, max_samples=1100), project=study).config.key


def test_key_differs_with_the_settings_of_the_model(make_config, study, wild):
    tiny = set_up(make_config(), project=study).config
    other = set_up(make_config(model=wild), project=study).config
    assert tiny.settings != other.settings
    assert RunConfig.from_dict(tiny.to_dict() | {"settings": other.settings}).key != tiny.key


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"model": "ann2"}, r"no model 'ann2'; there are ann, "),
        ({"rule": "subnet(9)"}, r"Subnet\.units: must be at most the 8 hidden units, got 9"),
        ({"rule": "subnet(9)", "hidden": 7}, r"at most the 7 hidden units, got 9"),
        ({"task": "mnist2"}, r"task: must be mnist, .* or a folder of IDX files, got 'mnist2'"),
        ({"device": "runtime"}, r"device: tiny has no device 'runtime'"),
        ({"options": {"rate": 1}}, r"options: tiny has no setting 'rate'; there are learning_rate, scales"),
        ({"options": {"learning_rate": "low"}}, r"learning_rate of tiny must be a number, got 'low'"),
        ({"settings": {"learning_rate": 0.5}}, r"settings: must be None or .* goes into options, got"),
    ],
)
def test_what_does_not_exist_or_fit_is_refused_before_anything_is_trained(make_config, study, values, match):
    with pytest.raises(RequestError, match=match):
        set_up(make_config(**values), project=study)


def test_model_file_that_defines_no_network_is_refused(make_config, study):
    (study / "models" / "empty.py").write_text("N_HIDDEN = 3\n")
    with pytest.raises(
        RequestError, match=r"empty\.py must define N_HIDDEN and make_network, has no make_netw"
    ):
        set_up(make_config(model="empty"), project=study)


def test_commit_is_that_of_the_study(make_config, study, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(study.parent))

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=study, check=True, capture_output=True, text=True).stdout.strip()

    assert carry_out(make_config(), project=study).record["commit"] is None
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    commit = git("rev-parse", "HEAD")
    assert carry_out(make_config(), project=study).record["commit"] == commit
    (study / "models" / "tiny.py").write_text((study / "models" / "tiny.py").read_text() + "\n")
    assert carry_out(make_config(), project=study).record["commit"] == f"{commit}-dirty"


def test_options_are_settings_of_the_network(make_config, study):
    config = set_up(make_config(options={"learning_rate": 0.5}), project=study).config
    assert config.settings == {"learning_rate": 0.5, "scales": [0.1, 0.1]}
    record = carry_out(config, project=study).record
    assert record["config"]["options"] == {"learning_rate": 0.5}
    assert record["key"] == config.key
    plain = carry_out(make_config(), project=study).record
    assert record["key"] != plain["key"]
    assert record["energy"]["m1"] != plain["energy"]["m1"]


def test_shift_and_falling_rates_shape_a_run(make_config, study):
    plain, shifted, falling = (
        carry_out(make_config(model="ann", interval=100, goal=1.0, **options), project=study)
        for options in ({}, {"shift": 1}, {"falling": True})
    )
    assert len({run.record["key"] for run in (plain, shifted, falling)}) == 3
    assert (shifted.record["config"]["shift"], falling.record["config"]["falling"]) == (1, True)
    assert not {"shift", "falling"} & set(plain.record["config"])
    assert shifted.record["energy"]["m1"] != plain.record["energy"]["m1"]
    # The rates of three chunks are 1, 2/3 and 1/3.
    assert 0.4 < falling.record["energy"]["m1"] / plain.record["energy"]["m1"] < 0.9
    assert falling.trace[0]["m1"] == plain.trace[0]["m1"]


def test_what_cannot_be_shifted_or_fall_is_refused(make_config, study):
    with pytest.raises(RequestError, match="shift: must be less than the 4 x 4 pixels of an image, got 4"):
        set_up(make_config(shift=4), project=study)
    with pytest.raises(RequestError, match="falling: tiny does not multiply its learning rates"):
        set_up(make_config(falling=True), project=study)
