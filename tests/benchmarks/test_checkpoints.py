"""The benchmark of checkpoints tells examples apart: those that go on, and why others do not."""

import pytest

from benchmarks.checkpoints import DIFFERS, NOT_HERE, NOT_STANDALONE, REFUSED, SAME, try_example

MODEL = """
from multiprocessing import Pool
from brian2 import *

def simulate(tau):
    equation = "dv/dt = (1.2 - v)/(tau*ms) + 0.1*xi*ms**-0.5 : 1"
    cells = NeuronGroup(5, equation, threshold="v > 1", reset="v = 0", method="euler")
    spikes = SpikeMonitor(cells)
    {before}
    run(30 * second)
    return spikes.t[:]

if __name__ == "__main__":
    {first}
    with Pool(2) as pool:
        pool.map(simulate, [5, 10])
"""


def attempt(tmp_path, before="", first="pass"):
    path = tmp_path / "example.py"
    path.write_text(MODEL.format(before=before, first=first), encoding="utf-8")
    return try_example(path, tmp_path / "program")


@pytest.mark.slow
def test_a_model_that_goes_on(tmp_path):
    assert attempt(tmp_path) == (SAME, "stopped at 50. ms")


@pytest.mark.slow
def test_what_is_not_in_the_file_is_noticed(tmp_path):
    """A C++ function that remembers something, which no array holds."""
    count = (
        '@implementation("cpp", "double count(double x) { static double n = 0; return n += x; }")\n'
        "    @check_units(x=1, result=1)\n    def count(x): pass\n"
        '    cells.namespace["count"] = count; cells.run_regularly("v = 0*count(1) + count(1)")'
    )
    verdict, reason = attempt(tmp_path, before=count)
    assert verdict == DIFFERS
    assert "spikemonitor" in reason


@pytest.mark.parametrize(
    ("where", "code", "verdict", "reason"),
    [
        (
            "before",
            "cells.v = 'rand()'; cells.v[:]",
            NOT_STANDALONE,
            "NotImplementedError Cannot retrieve the values",
        ),
        ("first", "import no_such_module", NOT_HERE, "ModuleNotFoundError No module named 'no_such_module'"),
        ("first", "raise FileNotFoundError('data.npy')", NOT_HERE, "FileNotFoundError data.npy"),
        (
            "first",
            "prefs.devices.cpp_standalone.openmp_threads = 4",
            REFUSED,
            "OpenMP must be off, prefs.devices.cpp_standalone.openmp_threads = 0",
        ),
    ],
)
def test_why_others_do_not(tmp_path, where, code, verdict, reason):
    found = attempt(tmp_path, **{where: code})
    assert found[0] == verdict
    assert found[1].startswith(reason)
