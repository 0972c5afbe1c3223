import errno
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest

from bioplast.backends.numeric import kernel_cache
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.inner import InnerLibrary
from bioplast.errors import RequestError


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


def make_part():
    """``part`` as a function that this process has not compiled yet."""
    return FunctionType(part.__code__, part.__globals__)


def list_kernels(folder):
    return [path for path in (folder / "kernels").iterdir() if path.suffix != ".lock"]


def test_kept_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    assert compiled(kernel, helper=make_part())(np.arange(4.0)) == 10
    assert len(list_kernels(tmp_path)) == 1


@pytest.fixture
def _silent():
    """Nothing was told before."""
    kernel_cache._tell_once.cache_clear()


@pytest.mark.usefixtures("_silent")
def test_runs_where_nothing_can_be_kept(monkeypatch, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("BIOPLAST_CACHE", str(blocked))
    for _ in range(2):
        assert compiled(kernel, helper=make_part())(np.arange(4.0)) == 10
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"bioplast: build cache {blocked}: cannot be written to (File exists)")
    assert line.endswith("kernels are compiled again each time")


@pytest.mark.usefixtures("_silent")
def test_runs_where_there_is_no_room(monkeypatch, tmp_path, capsys):
    def fill(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    monkeypatch.setattr(Path, "write_bytes", fill)
    assert compiled(kernel, helper=make_part())(np.arange(4.0)) == 10
    assert list_kernels(tmp_path) == []
    (line,) = capsys.readouterr().err.splitlines()
    assert "(No space left on device)" in line


RULE = """
from collections import namedtuple
import numpy as np
import limits
from numba import float64
from numba.extending import intrinsic

FACTOR = {factor}
TABLE = np.array([{factor}, 1.0])
Pair = namedtuple("Pair", {fields!r})
# {comment}

@intrinsic
def one(context):
    return float64(), lambda context, builder, signature, arguments: context.get_constant(float64, {one})

def scale(x):
    return x * FACTOR * one() + TABLE[0] + limits.LOWEST + Pair(0.0, 1.0).a

def run(values):
    total = 0.0
    for i in range(values.size):
        total += scale(values[i])
    return total
"""
CALL = """
import numpy, rule
from bioplast.backends.numeric.compiled import compiled
print(compiled(rule.run)(numpy.ones(3)))
"""


def test_a_constant_that_was_edited_is_compiled_anew_and_a_comment_is_not(tmp_path, monkeypatch, request):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(request.config.rootpath)]))
    (tmp_path / "limits.py").write_text("LOWEST = 0.0\n")

    def call(factor, comment="as it was", one=1.0, fields="a b"):
        values = {"factor": factor, "comment": comment, "one": one, "fields": fields}
        (tmp_path / "rule.py").write_text(RULE.format(**values))
        command = [sys.executable, "-B", "-c", CALL]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return float(done.stdout), len(list_kernels(tmp_path / "cache"))

    assert call(2.0) == (12, 1)
    assert call(2.0, "another") == (12, 1)
    assert call(3.0) == (18, 2)
    (tmp_path / "limits.py").write_text("LOWEST = 1.0\n")
    assert call(3.0) == (21, 3)
    assert call(3.0, one=2.0) == (30, 4)
    assert call(3.0, one=2.0, fields="b a") == (33, 5)


def test_a_cache_that_others_may_write_to_is_refused(monkeypatch, tmp_path):
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels").chmod(0o777)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    with pytest.raises(RequestError, match=rf"{tmp_path / 'kernels'}: others may write to it"):
        compiled(kernel, helper=make_part())(np.arange(4.0))


class Planted:
    """A pickle that runs code when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


CALL_AGAIN = """
import numpy, rule
from bioplast.backends.numeric.compiled import compiled
machine_code = compiled(rule.run)
print(machine_code(numpy.ones(3)), sum(machine_code.stats.cache_hits.values()))
"""


def test_damaged_machine_code_is_not_read_but_made_again(tmp_path, monkeypatch, request):
    folder = tmp_path / "cache"
    monkeypatch.setenv("BIOPLAST_CACHE", str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(request.config.rootpath)]))
    (tmp_path / "rule.py").write_text("def run(values):\n    return values[0] + values[1]\n")

    def call():
        command = [sys.executable, "-B", "-c", CALL_AGAIN]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split(), done.stderr

    made_anew, found = ["2.0", "0"], ["2.0", "1"]
    assert call() == (made_anew, "")
    assert call() == (found, "")
    (path,) = list_kernels(folder)
    whole = path.read_bytes()
    planted = pickle.dumps(Planted(tmp_path / "was run"))
    for damaged in (
        whole[:-1],
        whole[:999] + bytes([whole[999] ^ 1]) + whole[1000:],
        planted,
        whole[:32] + planted,
    ):
        path.write_bytes(damaged)
        told = f"bioplast: build cache: {path} is damaged and is made again\n"
        assert call() == (made_anew, told)
        assert not (tmp_path / "was run").exists()
    assert call() == (found, "")


def test_what_only_machine_code_calls_gets_none_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    outer = compiled(kernel, part=make_part())
    assert outer(np.arange(4.0)) == 10
    inner = outer.py_func.__globals__["helper"]
    (left,), (made,) = inner.overloads.values(), outer.overloads.values()
    assert type(left.library) is InnerLibrary
    assert made.library.get_pointer_to_function(left.fndesc.llvm_func_name) == 0
