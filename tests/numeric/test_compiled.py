import os
import subprocess
import sys

import numpy as np

from bioplast.numeric.compiled import compiled


def part(x):
    return x + 1


def other_part(x):
    return x * 10


def helper(x):
    return part(x)


def kernel(values):
    total = 0.0
    for i in range(values.size):
        total += helper(values[i])
    return total


def test_machine_code_computes_what_the_function_does():
    values = np.arange(4.0)
    assert compiled(kernel)(values) == kernel(values) == 10


def test_a_part_is_put_in_however_deep():
    assert compiled(kernel, part=other_part)(np.arange(4.0)) == 60
    assert compiled(kernel)(np.arange(4.0)) == 10


def test_made_once():
    assert compiled(kernel, part=other_part) is compiled(kernel, part=other_part)


def test_kept_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    machine_code = compiled(kernel, helper=other_part)
    assert machine_code(np.arange(4.0)) == 60
    assert list(tmp_path.rglob("*.nbi"))


def test_runs_where_nothing_can_be_kept(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("BIOPLAST_CACHE", str(blocked))
    assert compiled(kernel, helper=part)(np.arange(4.0)) == 10


RULE = """
import numpy as np
import limits

FACTOR = {factor}
TABLE = np.array([{factor}, 1.0])
# {comment}

def scale(x):
    return x * FACTOR + TABLE[0] + limits.LOWEST

def run(values):
    total = 0.0
    for i in range(values.size):
        total += scale(values[i])
    return total
"""
CALL = """
import numpy, rule
from bioplast.numeric.compiled import compiled
print(compiled(rule.run)(numpy.ones(3)))
"""


def test_a_constant_that_was_edited_is_compiled_anew_and_a_comment_is_not(tmp_path, monkeypatch, request):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(request.config.rootpath)]))
    (tmp_path / "limits.py").write_text("LOWEST = 0.0\n")

    def call(factor, comment="as it was"):
        (tmp_path / "rule.py").write_text(RULE.format(factor=factor, comment=comment))
        command = [sys.executable, "-B", "-c", CALL]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return float(done.stdout), len(list((tmp_path / "cache").rglob("*.nbi")))

    assert call(2.0) == (12, 1)
    assert call(2.0, "another") == (12, 1)
    assert call(3.0) == (18, 2)
    (tmp_path / "limits.py").write_text("LOWEST = 1.0\n")
    assert call(3.0) == (21, 3)
