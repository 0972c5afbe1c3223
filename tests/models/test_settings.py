"""Settings that a run's options change, in every network."""

from pathlib import Path

import pytest

from bioplast import Plasticity
from bioplast.errors import RequestError
from bioplast.loading import load_module

PROJECT = Path(__file__).parents[2]
MODELS = ("ann", "rate", "spiking", "perceptron", "recurrent", "recurrent_rate", "rnn")


def make_network(model):
    module = load_module("model", model, PROJECT)
    sizes = {"n_pixels": 5, "n_classes": 3, "n_hidden": 1 if model == "perceptron" else 4}
    return module.make_network(**sizes, plasticity=Plasticity.parse("largest(0.5)"), device="runtime")


@pytest.mark.parametrize("model", MODELS)
def test_change_is_one_of_the_settings_and_the_rest_stays(model):
    network = make_network(model)
    other = network.with_settings({"learning_rate": 3})
    assert dict(other.settings) == dict(network.settings) | {"learning_rate": 3.0}
    assert network.settings["learning_rate"] != 3
    assert (other.name, other.n_hidden, str(other.plasticity)) == (model, network.n_hidden, "largest(0.5)")


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_can_be_what_it_is(model):
    network = make_network(model)
    assert dict(network.with_settings(network.settings).settings) == dict(network.settings)


@pytest.mark.parametrize(
    ("model", "name", "value", "match"),
    [
        *[(model, "speed", 1, f"options: {model} has no setting 'speed'; there are ") for model in MODELS],
        *[
            (model, "learning_rate", -1, r"\.learning_rate: must be a number >= 0, got -1")
            for model in MODELS
        ],
        ("perceptron", "encoding", "rates", r"\.encoding: must be one of signs, got 'rates'"),
        ("ann", "encoding", "signs", r"\.encoding: must be one of rates, paper, got 'signs'"),
        ("ann", "sd_hidden", -0.1, r"\.sd_hidden: must be a number >= 0, got -0\.1"),
        ("ann", "clamps_first", "yes", "clamps_first of ann must be true or false, got 'yes'"),
        ("rate", "n_settle", 0, r"\.n_settle: must be a whole number >= 1, got 0"),
        *[
            (model, "dtype", "int8", r"\.dtype: must be one of float32, float64, got 'int8'")
            for model in ("ann", "rate", "spiking", "recurrent", "recurrent_rate", "rnn")
        ],
        ("spiking", "p_input", 1.5, r"\.p_input: must be in \[0, 1\], got 1\.5"),
        ("spiking", "tau_m_ms", 0, r"\.tau_m_ms: must be a number above 0, got 0"),
        ("spiking", "n_stimulus", 0, r"\.n_stimulus: must be a whole number >= 1, got 0"),
        ("spiking", "n_stimulus", 70, r"\.n_stimulus: must be at most 57, got 70"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_name(model, name, value, match):
    with pytest.raises(RequestError, match=match):
        make_network(model).with_settings({name: value})


def test_ann_takes_another_encoding():
    network = make_network("ann").with_settings({"encoding": "paper", "slope": 0.1})
    assert (network.encoding.name, network.constants.slope) == ("paper", 0.1)
