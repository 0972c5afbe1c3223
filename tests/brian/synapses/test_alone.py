"""``PlasticSynapses`` needs Brian2 and NumPy, and nothing else that the study is made with."""

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ImportError(f"{{name}} is not there")

sys.meta_path.insert(0, Absent())

from brian2 import Network, SpikeGeneratorGroup, ms, prefs
from bioplast import largest, subnet
from bioplast.brian import EnergyMonitor, PlasticSynapses

prefs.codegen.target = "numpy"
source = SpikeGeneratorGroup(4, [0, 1, 2, 3], [1, 2, 3, 4] * ms)
target = SpikeGeneratorGroup(2, [0, 1], [5, 6] * ms)
synapses = PlasticSynapses(
    source,
    target,
    "dpre_trace/dt = -pre_trace/(20*ms) : 1 (event-driven)\\nw : 1",
    "pre_trace += 1",
    "",
    proposals={{"post": "pre_trace"}},
    plasticity="largest(0.5)",
    every=10 * ms,
)
synapses.connect()
Network(source, target, synapses).run(30 * ms)
print(synapses.energy().m0)
"""


def test_own_model_runs_without_what_only_the_study_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    absent = {Requirement(text).name for text in project["dependencies"]} - {"brian2", "numpy"}
    assert {"numba", "pandas", "matplotlib", "dask", "filelock"} <= absent
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(absent=absent)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
