"""Networks as compiled programs: generated once, compiled once per machine, run chunk by chunk.

Whatever is a number (weights, books, fractions, thresholds, learning rates, the trials) is an argument
of the program, so one program serves all seeds and a whole sweep.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.backends.programs.compile import compile_source, describe_compiler, hash_source
from bioplast.backends.programs.lookup import make_lookup_key
from bioplast.backends.programs.process import Parts, Process
from bioplast.build_cache import (
    cache_folder,
    is_sealed,
    locked,
    read_sealed,
    scratch_folder,
    seal,
    tell_damaged,
    write_sealed,
    writing,
)
from bioplast.errors import MachineError

if TYPE_CHECKING:  # a program that is found again is run without Brian2, which takes long to import
    from brian2 import Network

LOG = logging.getLogger(__name__)

Values = Mapping[str, Any]
Arrays = Mapping[str, NDArray[Any]]


class Shown(Protocol):
    """What a network is shown: a ``Stimulus``, or the ``Tape`` of a trial."""

    @property
    def parts(self) -> Parts:
        """What the program is told of it (``process``)."""

    @property
    def files(self) -> Mapping[str, int]:
        """Open files that the program needs, by the environment variable that says their number."""


# What of a program's folder a run reads.
_USED = ("main", "arrays.json", "static_arrays")


@dataclass
class Program:
    """A compiled network; the first run starts its process, which stays for those that follow.

    Attributes
    ----------
    folder : where it lies in the build cache
    arrays : ``"object.variable"`` to the array's name in the program, its dtype, and whether it is constant
        while the network runs
    """

    folder: Path
    arrays: Mapping[str, Sequence[Any]]
    _process: Process | None = field(default=None, init=False, repr=False, compare=False)
    _constants: Arrays = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    def run(self, values: Values, stimulus: Shown, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Show the stimulus to the network, which starts from ``values``.

        Parameters
        ----------
        values : ``"object.variable"`` to a number or an array of the variable's size
        wanted : variables to return

        Raises
        ------
        MachineError : the program failed
        """
        given = {
            variable: np.ascontiguousarray(value, dtype=self._describe(variable)[1])
            for variable, value in values.items()
        }
        files = [self._describe(variable)[0] for variable in wanted]
        with self._lock:
            process = self._find_process(given, stimulus.files)
            results = process.run(
                {self.arrays[variable][0]: value for variable, value in given.items()}, stimulus.parts, files
            )
        return {
            variable: result.view(self.arrays[variable][1])
            for variable, result in zip(wanted, results, strict=True)
        }

    def _find_process(self, given: Arrays, files: Mapping[str, int]) -> Process:
        """The process there is, or a new one.

        The compiled code looks up once what it makes of an array that is constant, such as which synapses
        are plastic: with another it begins anew.
        """
        constants = {name: value for name, value in given.items() if self.arrays[name][2] and value.size > 1}
        if self._process is None or not self._process.is_there or not _are_same(constants, self._constants):
            if self._process is not None:
                self._process.end()
            self._process = Process(self.folder, files)
            self._constants = {name: value.copy() for name, value in constants.items()}
        return self._process

    def _describe(self, variable: str) -> Sequence[Any]:
        if variable not in self.arrays:
            raise MachineError(f"compiled network in {self.folder} failed: it has no variable {variable}")
        return self.arrays[variable]


def build_program(assemble: Callable[[], Network], dtype: DTypeLike, declaration: object = None) -> Program:
    """The program of the network that ``assemble`` makes, from the build cache or compiled into it.

    Parameters
    ----------
    assemble : makes the network
    dtype : of all variables that are given none
    declaration : an object that the network follows from, in this version of all code: with one like it the
        program is found again without making the network, or importing Brian2

    Raises
    ------
    RequestError : there is no C++ compiler, or the cache cannot be used
    MachineError : it does not compile
    """
    compiler = describe_compiler()
    programs = cache_folder("programs")
    key = None if declaration is None else make_lookup_key((declaration, np.dtype(dtype).str), compiler)
    entry = None if key is None else cache_folder("lookup") / key
    folder = _look_up(entry, programs) if entry else None
    if folder is not None:
        LOG.info("compiled program found in %s", folder)
    else:
        folder = _make_program(assemble, dtype, programs, compiler)
        if entry:
            write_sealed(entry, folder.name.encode())
    return Program(folder, json.loads((folder / "arrays.json").read_text()))


def _look_up(entry: Path, programs: Path) -> Path | None:
    name = read_sealed(entry)
    folder = programs / name.decode() if name else None
    return folder if folder and is_sealed(folder, _USED) else None


def _make_program(assemble: Callable[[], Network], dtype: DTypeLike, programs: Path, compiler: str) -> Path:
    """The folder of the program, which is compiled if it is not there."""
    from bioplast.backends.programs.generate import generate_source

    with scratch_folder(programs) as scratch:
        source = scratch / "program"
        arrays = generate_source(assemble, dtype, source)
        with writing(source):
            (source / "arrays.json").write_text(json.dumps(arrays))
        folder = programs / hash_source(source, compiler)
        with locked(folder):
            if not is_sealed(folder, _USED):
                with writing(folder):
                    if folder.exists():
                        tell_damaged(folder)
                        folder.replace(scratch / "damaged")
                    LOG.info("compiles the network's program, once; it is kept in %s", folder)
                    compile_source(source)
                    seal(source, _USED)
                    source.replace(folder)
    return folder


def _are_same(some: Arrays, others: Arrays) -> bool:
    return some.keys() == others.keys() and all(
        np.array_equal(value, others[name]) for name, value in some.items()
    )
