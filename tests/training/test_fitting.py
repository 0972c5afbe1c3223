"""A task in time for a network that is shown images, and the reverse, in one line each."""

from pathlib import Path

import pytest

from bioplast.errors import RequestError
from bioplast.training.config import RunConfig
from bioplast.training.run import set_up

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"model": "ann", "task": "cues"},
            "task: ann is shown images and cues unfolds in time, for recurrent and recurrent_rate and rnn",
        ),
        (
            {"model": "rnn"},
            "task: rnn is shown trials in time, of cues, randman, patterns-in-time, got 'mnist'",
        ),
        (
            {"model": "recurrent", "task": "cues(delay=1000000000000)"},
            "task: to learn from a trial of 1,000,000,001,200 steps, 100 cells need 1.6e\\+06 GB of memory; "
            "[0-9,]+ steps fit",
        ),
        ({"model": "rnn", "task": "cues", "hidden": (3, 4)}, "hidden: rnn has one hidden layer, got 3,4"),
        (
            {"model": "recurrent", "task": "cues", "hidden": 3, "rule": "subnet(4)"},
            "Subnet.units: must be at most .*",
        ),
        (
            {"model": "recurrent", "task": "cues", "options": {"feedback": "direct"}},
            "Cells.feedback: must be one of random, symmetric, got 'direct'",
        ),
        (
            {"model": "recurrent", "task": "randman", "protocol": "paper"},
            "protocol: recurrent learns by standard, endless, got 'paper'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(config, message):
    with pytest.raises(RequestError, match=f"^{message}$"):
        set_up(RunConfig(**config), project=PROJECT)


def test_a_network_of_ones_own_is_named(study):
    (study / "models" / "mine.py").write_text('"""My own."""\nIN_TIME = True\n')
    with pytest.raises(RequestError, match=r"for mine and recurrent and recurrent_rate and rnn$"):
        set_up(RunConfig("tiny", task="cues"), project=study)
