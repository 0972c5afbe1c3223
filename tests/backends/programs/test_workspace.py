"""A network of ours leaves the user's part of Brian2 as it found it, and takes nothing from it."""

import gc
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from brian2 import NeuronGroup, defaultclock, get_device, ms, prefs
from brian2.devices.device import RuntimeDevice, previous_devices

from bioplast.backends.programs.workspace import Workspace

ROOT = Path(__file__).parents[3]
DEVICES = ["cpp_standalone", "runtime"]

# A model of the user's, of which half is run before one of our networks and half after it.
OWN_MODEL = textwrap.dedent(
    """
    import sys
    import numpy as np
    from brian2 import *
    from bioplast import Plasticity
    from bioplast.training import RunConfig, carry_out
    from pathlib import Path

    set_device("cpp_standalone", directory=sys.argv[1], build_on_run=False, results_directory="mine")
    defaultclock.dt = 0.5*ms
    prefs.core.default_float_dtype = float32
    prefs.codegen.cpp.extra_compile_args_gcc = ["-O0"]
    inputs = NeuronGroup(3, "dv/dt = 1/second : 1", method="euler", name="inputs")
    monitor = StateMonitor(inputs, "v", record=True, name="answers")
    network = Network(inputs, monitor)
    network.run(2*ms)
    before = device.build_options, dict(prefs), defaultclock.dt, device.build_on_run
    config = RunConfig("spiking", hidden=5, task=sys.argv[3], max_samples=20, device=sys.argv[2])
    run = carry_out(config, project=Path.cwd())
    assert (device.build_options, dict(prefs), defaultclock.dt, device.build_on_run) == before
    network.run(2*ms)
    device.build(**device.build_options)
    assert np.allclose(inputs.v, 0.004), inputs.v
    assert monitor.v.shape == (3, 8), monitor.v.shape
    print("mine is here", run.record["samples"])
    """
)


THREADS = textwrap.dedent(
    """
    import sys, threading
    from pathlib import Path
    from bioplast.training import RunConfig, carry_out

    def learn(seed):
        config = RunConfig("spiking", hidden=5, task=sys.argv[1], max_samples=20, seed=seed)
        return carry_out(config, project=Path.cwd()).record["energy"]["m0"]

    assert "brian2" not in sys.modules
    together = {}
    threads = [threading.Thread(target=lambda s=s: together.update({s: learn(s)})) for s in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(together == {seed: learn(seed) for seed in (1, 2)}, len(set(together.values())))
    """
)


@pytest.mark.slow
def test_two_threads_at_once_learn_as_one_does(patterns):
    """The first of them is also the first to import Brian2."""
    command = [sys.executable, "-c", THREADS, str(patterns)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", "2"]


@pytest.mark.slow
@pytest.mark.parametrize("device", DEVICES)
def test_a_standalone_model_of_the_users_is_not_lost(tmp_path, patterns, device):
    command = [sys.executable, "-c", OWN_MODEL, str(tmp_path / "own"), device, str(patterns)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["mine", "is", "here", "20"]


@pytest.mark.parametrize("device", DEVICES)
def test_all_that_is_the_users_is_as_before(make_toy, values, stimulus, device):
    def look():
        return get_device(), list(previous_devices), dict(prefs), defaultclock.dt

    before = look()
    make_toy().make_runner(device).run(values, stimulus, [])
    assert look() == before


def test_names_do_not_depend_on_what_else_there_is():
    def make():
        with Workspace("float64", RuntimeDevice()).entered():
            return NeuronGroup(1, "x : 1").name

    mine = NeuronGroup(1, "x : 1")
    first = make()
    other = NeuronGroup(1, "x : 1")
    assert first == make() == "neurongroup"
    assert other.name not in (mine.name, first)
    del mine, other
    gc.collect()


def test_threads_come_in_one_after_the_other():
    inside, seen = [], []

    def work(dtype):
        with Workspace(dtype, RuntimeDevice()).entered():
            inside.append(dtype)
            seen.append((len(inside), prefs.core.default_float_dtype))
            NeuronGroup(1, "x : 1", dt=1 * ms)
            inside.remove(dtype)

    threads = [threading.Thread(target=work, args=(dtype,)) for dtype in ("float32", "float64") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [n for n, _ in seen] == [1] * 8
    assert {dtype for _, dtype in seen} == {np.float32, np.float64}
