"""The page on the library: its example runs as it stands there, and its errors read as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from brian2 import DimensionMismatchError, NeuronGroup, ms, nS

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
