"""Networks as compiled programs: generated once, compiled once per machine, run chunk by chunk.

Whatever is a number (weights, books, fractions, thresholds, learning rates, the trials) is an argument
of the program, so one program serves all seeds and a whole sweep.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from numpy.typing import DTypeLike, NDArray

from bioplast.brian.compile import compile_source, describe_compiler, hash_source
from bioplast.brian.source import adapt_source
from bioplast.brian.stimulus import Stimulus
from bioplast.brian.templates import fast_templates
from bioplast.brian.workspace import Workspace
from bioplast.build_cache import (
    cache_folder,
    is_sealed,
    locked,
    scratch_folder,
    seal,
    tell_damaged,
    writing,
)
from bioplast.errors import MachineError

Values = Mapping[str, Any]

# Long enough for any chunk; the program ends when all trials have been shown (``is_over``).
_MAX_STEPS = 2**40

# Large pages, asked for once and kept: a chunk of trials in a large network begins with a hundred
# thousand page faults otherwise. Only the C library of Linux knows these.
_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296"
    ":glibc.malloc.trim_threshold=4294967296"
}


# What of a program's folder a run reads.
_USED = ("main", "arrays.json", "static_arrays")


@dataclass(frozen=True)
class Program:
    """A compiled network.

    Attributes
    ----------
    folder : where it lies in the build cache
    arrays : ``"object.variable"`` to the name of its file and its dtype
    """

    folder: Path
    arrays: Mapping[str, Sequence[str]]

    def run(self, values: Values, stimulus: Stimulus, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Show the stimulus to the network, which starts from ``values``.

        Parameters
        ----------
        values : ``"object.variable"`` to a number or an array of the variable's size
        wanted : variables to return

        Raises
        ------
        MachineError : the program failed
        """
        with tempfile.TemporaryDirectory(prefix="bioplast-") as name:
            scratch = Path(name)
            results = scratch / "results"
            files = [self.arrays[variable][0] for variable in wanted]
            try:
                arguments = [self._argument(scratch, *item) for item in values.items()]
                results.mkdir()
                environment = {"BIOPLAST_WANTED": "\n".join(files), **stimulus.environment(scratch)}
            except OSError as error:
                raise MachineError(
                    f"{scratch.parent}: cannot be written to ({error.strerror}); set TMPDIR to another folder"
                ) from error
            done = subprocess.run(
                [str(self.folder / "main"), "--results_dir", f"{results}/", *arguments],
                cwd=self.folder,
                env=_MEMORY | os.environ | environment,
                capture_output=True,
                text=True,
                check=False,
                process_group=0,  # Ctrl-C is for this process, which ends when the chunk is done
            )
            # Brian2's programs report a file they could not use and go on.
            if done.returncode or done.stderr:
                raise MachineError(f"compiled network in {self.folder} failed: {_find_reason(done)}")
            return {variable: self._result(results, variable) for variable in wanted}

    def _argument(self, scratch: Path, variable: str, value: Any) -> str:
        if np.ndim(value) == 0:
            return f"{variable}={value:d}" if isinstance(value, (bool, int)) else f"{variable}={value!r}"
        path = scratch / variable
        path.write_bytes(np.ascontiguousarray(value, dtype=self.arrays[variable][1]).tobytes())
        return f"{variable}={path}"

    def _result(self, results: Path, variable: str) -> NDArray[Any]:
        file, dtype = self.arrays[variable]
        return np.fromfile(results / file, dtype=dtype)


def build_program(assemble: Callable[[], Network], dtype: DTypeLike) -> Program:
    """The program of the network that ``assemble`` makes, from the build cache or compiled into it.

    Raises
    ------
    RequestError : there is no C++ compiler, or the cache cannot be used
    MachineError : it does not compile
    """
    compiler = describe_compiler()
    programs = cache_folder("programs")
    with scratch_folder(programs) as scratch:
        source = scratch / "program"
        arrays = _generate(assemble, dtype, source)
        folder = programs / hash_source(source, compiler)
        with locked(folder):
            if not is_sealed(folder, _USED):
                with writing(folder):
                    if folder.exists():
                        tell_damaged(folder)
                        folder.replace(scratch / "damaged")
                    compile_source(source)
                    (source / "arrays.json").write_text(json.dumps(arrays))
                    seal(source, _USED)
                    source.replace(folder)
    return Program(folder, json.loads((folder / "arrays.json").read_text()))


def _generate(assemble: Callable[[], Network], dtype: DTypeLike, folder: Path) -> dict[str, tuple[str, str]]:
    device = CPPStandaloneDevice()
    with Workspace(dtype, device).entered(), fast_templates():
        network = assemble()
        # Several would drift apart, and stand in the source in an order that is never the same.
        (clock,) = {part.clock for part in network.sorted_objects}
        network.run(_MAX_STEPS * clock.dt)
        with writing(folder):
            device.build(directory=str(folder), compile=False, run=False)
            adapt_source(folder)
            for header in Path(__file__).parent.glob("*.h"):
                shutil.copy(header, folder)
        return {
            f"{variable.owner.name}.{variable.name}": (
                device.get_array_filename(variable),
                np.dtype(variable.dtype).str,
            )
            for variable in device.arrays
            if variable.owner is not None
        }


def _find_reason(done: subprocess.CompletedProcess[str]) -> str:
    """Why a program failed."""
    reason = " ".join(done.stderr.split())
    if done.returncode < 0:
        reason = f"{signal.strsignal(-done.returncode)} {reason}".strip()
    return reason or f"exit status {done.returncode}"
