"""The README's Python runs as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def run_python(code):
    """What ``code`` prints, run in the study's folder."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_declaration():
    assert len(BLOCKS) == 2
    assert run_python(BLOCKS[0] + "print(rule)").strip() == "subnet(50) + largest(0.02)"


@pytest.mark.slow
def test_run():
    samples, accuracy, m0 = run_python("".join(BLOCKS)).split()
    assert int(samples) > 0
    # One point below the goal on validation, as two sets of the same digits may differ.
    assert 0.94 < float(accuracy) < 1
    # largest(0.02) of the 39,250 + 500 plastic synapses; ties add some, silent trials take some away.
    assert 0.5 < int(m0) / (int(samples) * 0.02 * 39_750) < 2
