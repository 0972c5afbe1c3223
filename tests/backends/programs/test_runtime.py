"""A network in this process runs as the compiled one does."""

import numpy as np
import pytest
from brian2 import prefs

WANTED = [
    *(f"reports.{name}" for name in ("t", "i", "light", "shown", "train")),
    *(f"spikes.{name}" for name in ("t", "i")),
    *(f"synapses.{name}" for name in ("w", "m0", "m1")),
]


@pytest.mark.parametrize("n_written", [1, 5, 21])
def test_both_devices_give_the_same(make_toy, values, stimulus, n_written):
    values["synapses.n_written"] = n_written
    compiled = make_toy().make_runner("cpp_standalone").run(values, stimulus, WANTED)
    runtime = make_toy().make_runner("runtime").run(values, stimulus, WANTED)
    assert compiled["synapses.m0"].any()
    for name in WANTED:
        assert compiled[name].dtype == runtime[name].dtype, name
        np.testing.assert_array_equal(compiled[name], runtime[name], err_msg=name)


def test_every_run_starts_from_the_values_alone(make_toy, values, stimulus):
    runner = make_toy().make_runner("runtime")
    first = runner.run(values, stimulus, WANTED)
    runner.run(values | {"inputs.p": 1.0, "synapses.n_written": 20}, stimulus, WANTED)
    again = runner.run(values, stimulus, WANTED)
    for name in WANTED:
        np.testing.assert_array_equal(first[name], again[name], err_msg=name)


def test_results_do_not_change_with_the_next_run(make_toy, values, stimulus):
    runner = make_toy().make_runner("runtime")
    first = runner.run(values, stimulus, ["synapses.w"])["synapses.w"]
    kept = first.copy()
    runner.run(values | {"synapses.w": np.zeros(21)}, stimulus, ["synapses.w"])
    np.testing.assert_array_equal(first, kept)


def test_preferences_are_left_as_they_were(make_toy, values, stimulus):
    before = prefs.core.default_float_dtype, prefs.codegen.target
    make_toy().make_runner("runtime").run(values, stimulus, [])
    assert (prefs.core.default_float_dtype, prefs.codegen.target) == before
