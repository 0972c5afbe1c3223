"""Runs and checkpoints that earlier versions wrote are read, and are what they were.

``earlier/VERSION`` holds a small run of that version: momentum, a path, a selection and transient changes.
When the format of a file changes, a folder is added for the new one, and none is ever deleted.
"""

from pathlib import Path

import numpy as np
import pytest

from bioplast.training import RunConfig, read_run, set_up
from bioplast.training.checkpoint import read_checkpoint, read_origin
from bioplast.training.loop import Position, compute_energies, evaluate
from bioplast.training.weights import read_weights, restore_weights

FOLDERS = sorted(path for path in (Path(__file__).parent / "earlier").iterdir() if path.is_dir())


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


def set_up_again(record):
    """The run as this version makes it, whatever its numbers depended on then."""
    values = {
        name: value for name, value in record["config"].items() if name not in ("settings", "provenance")
    }
    return set_up(RunConfig.from_dict(values), project=Path(__file__).parent)


def test_the_record_is_read(folder):
    run = read_run(folder)
    assert run.record["versions"]["bioplast"].startswith(folder.name)
    assert [row["samples"] for row in run.trace] == [2000, run.record["samples"]]
    assert run.trace[-1]["m0"] < run.record["energy"]["m0"]  # the last of it was written when learning ended


def test_the_weights_are_those_of_the_network_that_was_trained(folder):
    record = read_run(folder).record
    setup = set_up_again(record)
    state = setup.model.initial_state(setup.config.seed)
    restore_weights(state, read_weights(folder), folder)
    for layer in state.layers:
        energy = layer.books.balance(layer.weights)
        booked = record["energy"]["layers"][layer.name]
        assert (energy.m0, energy.m0_min) == (booked["m0"], booked["m0_min"])
        # float64 sums, whose order the machine may choose
        assert (energy.m1, energy.m1_min) == pytest.approx((booked["m1"], booked["m1_min"]), rel=1e-9)
    found = evaluate(setup.model, state, setup.protocol.test, Position())
    # A few of 10,000 images may be so close that the last bit of a float32 decides.
    assert found == pytest.approx(record["accuracy"]["test"], abs=1e-3)


def test_the_checkpoint_is_read(folder):
    record = read_run(folder).record
    setup = set_up_again(record)
    state = setup.model.initial_state(setup.config.seed)
    position = read_checkpoint(folder, state, read_origin(folder), warn=pytest.fail)
    assert position.samples == state.trial == record["samples"]
    # Before the last transient changes were written.
    energies = compute_energies(state)
    assert sum(energy.m0 for energy in energies.values()) < record["energy"]["m0"]
    state.consolidate()
    energies = compute_energies(state)
    assert sum(energy.m0 for energy in energies.values()) == record["energy"]["m0"]
    weights = read_weights(folder)
    for layer in state.layers:
        np.testing.assert_array_equal(layer.weights, weights[f"{layer.name}/weights"])
