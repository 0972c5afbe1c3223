"""The page on the library: its example runs as it stands there, and its errors read as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from brian2 import DimensionMismatchError, Network, NeuronGroup, SpikeGeneratorGroup, defaultclock, ms, nS

from bioplast.brian import PlasticSynapses

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
BLOCK = re.search(r"^```python\n(.*?)^```", PAGE, re.M | re.S)[1]
ERRORS = re.findall(r"^    ((?:Plastic|Source).*)$", PAGE, re.M)


def test_the_example_runs_in_any_folder(tmp_path):
    (tmp_path / "example.py").write_text(BLOCK, encoding="utf-8")
    command = [sys.executable, "example.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(re.search(r"Energy\(m0=(\d+)", done.stdout)[1]) > 0


COUNTS = re.findall(r"(\d+) of (\d+)", re.search(r"`largest\(0.2\)` writes ([^;]*?) synapses", PAGE)[1])


@pytest.mark.parametrize(("written", "n"), COUNTS)
def test_as_many_are_written_as_the_page_says(written, n):
    n, before = int(n), defaultclock.dt
    source, goal = SpikeGeneratorGroup(1, [0], [1] * ms), NeuronGroup(n, "")
    options = {"proposals": {"pre": "1 + j"}, "plasticity": "largest(0.2)", "every": 2 * ms}
    synapses = PlasticSynapses(source, goal, "w : 1", **options)
    synapses.connect()
    defaultclock.dt = 1 * ms
    try:
        Network(source, goal, synapses).run(2 * ms)
    finally:
        defaultclock.dt = before
    assert "is `n - round((1 - f)*(n - 1))` of them" in PAGE
    assert synapses.energy().m0 == int(written) == n - round((1 - 0.2) * (n - 1))


REQUESTS = [
    {"weight": "g"},
    {"proposals": {"post": "v_post"}},
    {"plasticity": "largest(0.1)"},
    {"plasticity": "neurons(0.5)", "every": 1 * ms, "connect": "i != j"},
    {"on_event": "nap"},
]


@pytest.mark.parametrize(("request_", "error"), list(zip(REQUESTS, ERRORS, strict=True)))
def test_errors(request_, error):
    cells = NeuronGroup(3, "v : volt", threshold="False", name="inputs")
    options = {
        "model": "w : siemens\npre_trace : siemens\npost_trace : siemens",
        "plasticity": "plain",
        "proposals": {"pre": "post_trace"},
        "unit": nS,
        "name": "synapses",
    } | request_
    connect = options.pop("connect", None)
    with pytest.raises((ValueError, DimensionMismatchError)) as caught:
        PlasticSynapses(cells, **options).connect(connect)
    assert str(caught.value) == error
