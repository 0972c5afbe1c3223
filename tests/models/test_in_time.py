"""Networks that are shown trials in time, from the command to the record."""

import copy
import gc
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from bioplast.tasks import Trials, load_task
from bioplast.training.checkpointer import Checkpointer
from bioplast.training.config import RunConfig
from bioplast.training.folder import carry_out_in
from bioplast.training.run import set_up

PROJECT = Path(__file__).parents[2]
TASK = "cues(n_cues=1, cue=20, silence=5, delay=20, recall=20, n_test=50)"
RULE = "lazy(0.9) + adam(0.01) + largest(0.3) + cache(0.01)"
MODELS = ["recurrent", "recurrent_rate", "rnn"]
IN_BRIAN = [("recurrent", "cpp_standalone")]


def make_setup(model, max_samples=1500, device=None):
    config = RunConfig(model, RULE, hidden=12, task=TASK, goal=1.0, max_samples=max_samples, device=device)
    return set_up(config, project=PROJECT)


def strip(record):
    record = copy.deepcopy(record)
    for name in ("seconds", "images_per_second", "created", "commit"):
        del record[name]
    return record


@pytest.mark.parametrize(
    ("model", "device"),
    [
        ("recurrent", None),
        *(pytest.param(model, device, marks=pytest.mark.long) for model, device in IN_BRIAN),
        *(pytest.param(model, None, marks=pytest.mark.long) for model in MODELS[1:]),
    ],
)
def test_a_run_in_pieces_is_the_run_in_one(tmp_path, model, device):
    whole = make_setup(model, device=device).carry_out()
    assert whole.record["protocol"] == "endless"
    assert len(whole.trace) == 3
    folder = tmp_path / "run"
    for _ in range(2):  # each as a new process would, stopped after one chunk
        setup, answers = make_setup(model, device=device), iter([False, True])
        checkpointer = Checkpointer(
            folder, setup.origin, resumes=True, wants_stop=answers.__next__, min_seconds=0
        )
        with pytest.raises(KeyboardInterrupt):
            carry_out_in(folder, setup, checkpointer=checkpointer, reuses=True)
    setup = make_setup(model, device=device)
    checkpointer = Checkpointer(folder, setup.origin, resumes=True, min_seconds=0)
    resumed = carry_out_in(folder, setup, checkpointer=checkpointer, reuses=True)
    assert strip(resumed.record) == strip(whole.record)
    for one, two in zip(resumed.state.layers, whole.state.layers, strict=True):
        np.testing.assert_array_equal(one.weights, two.weights)
        np.testing.assert_array_equal(one.books.m0, two.books.m0)
        np.testing.assert_array_equal(one.books.m1, two.books.m1)
        for name, array in one.carried.items():
            np.testing.assert_array_equal(array, two.carried[name])


@pytest.mark.parametrize("model", MODELS)
def test_the_command_trains_and_evaluates(call, tmp_path, model):
    out = tmp_path / "run"
    options = ("--task", TASK, "--rule", RULE, "--hidden", 12, "--max-samples", 500, "--out", out, "--json")
    status, text, error = call("train", model, "--project", PROJECT, *options)
    assert status == 0, error
    record = json.loads(text.splitlines()[-1])
    assert (record["task"], record["protocol"], record["encoding"]) == (TASK, "endless", "events")
    assert set(record["energy"]["layers"]) == {
        "input->recurrent",
        "recurrent->recurrent",
        "recurrent->output",
    }
    assert record["energy"]["m0"] > 0
    status, text, error = call("evaluate", out, "--project", PROJECT, "--json")
    assert status == 0, error
    assert json.loads(text)["accuracy"] == record["accuracy"]["test"]


@pytest.mark.parametrize("model", MODELS)
def test_what_is_learned_is_known_at_once(model):
    """An easy task is learned, on trials that were never seen."""
    setup = make_setup(model)
    state = setup.model.initial_state(1)
    task = load_task(TASK)
    setup.model.present(state, Trials(task.train, np.arange(1500)), learn=True)
    test = Trials(task.test, np.arange(50))
    assert np.mean(setup.model.present(state, test, learn=False).predictions == test.labels) > 0.9


@pytest.mark.parametrize("model", MODELS)
def test_seeds_are_different_networks_and_the_same_seed_is_the_same(model):
    states = [make_setup(model).model.initial_state(seed) for seed in (1, 1, 2)]
    weights = [state.layers[0].weights for state in states]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS)
def test_memory_is_flat_in_trials(model):
    setup = make_setup(model)
    network, task = setup.model, setup.protocol.task
    state = network.initial_state(1)

    def learn(n_chunks):
        for _ in range(n_chunks):
            indices = np.arange(state.trial, state.trial + 2)
            network.present(state, Trials(task.train, indices, first=state.trial), learn=True)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    learn(1)
    tracemalloc.start()
    try:
        before = learn(400)  # by then what Python keeps for itself has come to rest
        after = learn(300)
    finally:
        tracemalloc.stop()
    # The events of 300 chunks alone are some 400 kB.
    assert after - before < 60_000
