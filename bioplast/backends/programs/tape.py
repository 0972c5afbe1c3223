"""Courses of one trial, which Brian2 networks read and write through functions in their equations.

=====================  ==========================================================
``NAME(t, i)``         number i of the course NAME in step t
``keep_NAME(t, i, x)``  leave ``x`` there; gives ``x``
``end_after(t, n)``    1 in step n - 1 and later; ends a compiled program there
=====================  ==========================================================

A tape is a file without a name that lies in memory. This process and the programs that are shown the tape map
it, so that what one network leaves another finds, and nothing is copied. Networks in runtime mode read and
write the same arrays.
"""

from __future__ import annotations

import mmap
import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.backends.programs.process import open_nameless

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Function

_MOST = 16  # courses, as in tape.h
_ALIGNED = 64  # bytes

_READ = """
inline %(given)s %(name)s(int64_t t, int i) {
    return bioplast::course<%(kept)s>(%(number)d)[t * %(n)d + i];
}"""
_KEEP = """
inline %(given)s keep_%(name)s(int64_t t, int i, %(given)s x) {
    return bioplast::course<%(kept)s>(%(number)d)[t * %(n)d + i] = x;
}"""
_END = """
inline int end_after(int64_t t, int64_t n) {
    if (t >= n - 1) Network::_globally_stopped = true;
    return t >= n - 1;
}"""


@dataclass(frozen=True)
class Course:
    """What is kept of each step of a trial: ``n`` numbers of a ``dtype``."""

    n: int
    dtype: DTypeLike


class Tape:
    """Room for the courses of one trial at a time.

    Parameters
    ----------
    courses : at most 16, by name

    Attributes
    ----------
    arrays : the courses, (longest, n) each
    n_steps : of the trial that is shown; set before a network is run
    """

    def __init__(self, courses: Mapping[str, Course]) -> None:
        assert len(courses) <= _MOST
        self.courses = courses
        self.arrays: dict[str, NDArray[Any]] = {}
        self.n_steps = 0
        self._longest = 0
        self._owner = 0
        self._file: IO[bytes] | None = None
        self._starts = np.zeros(0, np.int64)

    def reserve(self, longest: int) -> None:
        """Have room for trials of ``longest`` steps; a fork of this process gets a tape of its own."""
        if self._owner != os.getpid():
            self._file, self._owner, self._longest = open_nameless(), os.getpid(), 0
            weakref.finalize(self, self._file.close)
        if longest <= self._longest:
            return
        assert self._file is not None
        sizes = [longest * course.n * np.dtype(course.dtype).itemsize for course in self.courses.values()]
        self._starts = np.cumsum([0, *(-(-size // _ALIGNED) * _ALIGNED for size in sizes)])
        self._longest, n_bytes = longest, int(self._starts[-1])
        os.ftruncate(self._file.fileno(), n_bytes)
        memory = np.frombuffer(mmap.mmap(self._file.fileno(), n_bytes), np.uint8)
        self.arrays = {
            name: memory[start : start + size].view(course.dtype).reshape(longest, course.n)
            for (name, course), start, size in zip(self.courses.items(), self._starts, sizes, strict=False)
        }

    @property
    def parts(self) -> list[tuple[str, str, NDArray[Any]]]:
        """What a program is told: where each course begins, and where the last one ends."""
        return [("tape", "-", self._starts)]

    @property
    def files(self) -> Mapping[str, int]:
        """The file that a program maps, by the environment variable that says its number."""
        assert self._file is not None
        return {"BIOPLAST_TAPE": self._file.fileno()}

    def show(self, shown: Tape) -> int:
        """The number of steps for which a network in runtime mode is to run."""
        assert shown is self
        return self.n_steps

    def make_functions(self) -> dict[str, Function]:
        """The functions above."""
        functions: dict[str, Function] = {"end_after": _make_function(_end_after, 2, "integer", _END)}
        for number, (name, course) in enumerate(self.courses.items()):
            code, kind = self._describe(number, name, course)
            functions[name] = _make_function(self._reader(name), 2, kind, _READ % code, acts=False)
            functions[f"keep_{name}"] = _make_function(self._keeper(name), 3, kind, _KEEP % code)
        return functions

    def _describe(self, number: int, name: str, course: Course) -> tuple[dict[str, Any], str]:
        """What stands in the C++ of a course's functions, and the kind of number that they give."""
        dtype = np.dtype(course.dtype)
        code = {"name": name, "number": number, "n": course.n}
        if dtype.kind == "f":
            real = {"float32": "float", "float64": "double"}[dtype.name]
            return {**code, "kept": real, "given": real}, "float"
        return {**code, "kept": f"{dtype.name}_t", "given": "int32_t"}, "integer"

    def _reader(self, name: str) -> Callable[..., Any]:
        return lambda t, i: self.arrays[name][t, i]

    def _keeper(self, name: str) -> Callable[..., Any]:
        def keep(t: Any, i: Any, x: Any) -> Any:
            self.arrays[name][t, i] = x
            return x

        return keep


def _end_after(t: Any, n: Any) -> Any:
    return np.asarray(t) >= np.asarray(n) - 1


def _make_function(
    python: Callable[..., Any], n_arguments: int, kind: str, code: str, *, acts: bool = True
) -> Function:
    from brian2 import Function

    # What a function does beside giving a value may not be left out.
    function = Function(
        python, arg_units=[1] * n_arguments, return_unit=1, return_type=kind, stateless=not acts
    )
    function.implementations.add_implementation("cpp", code, compiler_kwds={"headers": ['"tape.h"']})
    return function
