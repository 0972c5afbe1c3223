"""Networks as compiled programs: generated once, compiled once per machine, run chunk by chunk.

Whatever is a number (weights, books, fractions, thresholds, learning rates, the trials) is an argument
of the program, so one program serves all seeds and a whole sweep.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network, device, get_device, set_device
from numpy.typing import DTypeLike, NDArray

from bioplast.brian.cache import cache_folder, locked
from bioplast.brian.preferences import brian_preferences
from bioplast.brian.stimulus import Stimulus
from bioplast.brian.templates import fast_templates
from bioplast.errors import RequestError

Values = Mapping[str, Any]

# Long enough for any chunk; the program ends when all trials have been shown (``is_over``).
_MAX_STEPS = 2**40


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
        RuntimeError : the program failed
        """
        with tempfile.TemporaryDirectory(prefix="bioplast-") as name:
            scratch = Path(name)
            arguments = [self._argument(scratch, *item) for item in values.items()]
            results = scratch / "results"
            results.mkdir()
            done = subprocess.run(
                [str(self.folder / "main"), "--results_dir", f"{results}/", *arguments],
                cwd=self.folder,
                env=os.environ | stimulus.environment(scratch),
                capture_output=True,
                text=True,
                check=False,
                process_group=0,  # Ctrl-C is for this process, which ends when the chunk is done
            )
            # Brian2's programs report a file they could not use and go on.
            if done.returncode or done.stderr:
                raise RuntimeError(f"compiled network in {self.folder} failed: {done.stderr.strip()}")
            return {variable: self._result(results, variable) for variable in wanted}

    def _argument(self, scratch: Path, variable: str, value: Any) -> str:
        if np.ndim(value) == 0:
            return f"{variable}={value:d}" if isinstance(value, (bool, int)) else f"{variable}={value!r}"
        path = scratch / variable
        np.ascontiguousarray(value, dtype=self.arrays[variable][1]).tofile(path)
        return f"{variable}={path}"

    def _result(self, results: Path, variable: str) -> NDArray[Any]:
        file, dtype = self.arrays[variable]
        return np.fromfile(results / file, dtype=dtype)


def build_program(assemble: Callable[[], Network], dtype: DTypeLike) -> Program:
    """The program of the network that ``assemble`` makes, from the build cache or compiled into it.

    Raises
    ------
    RequestError : there is no C++ compiler
    """
    compiler = find_compiler()
    programs = cache_folder() / "programs"
    programs.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=programs, prefix="new-") as name:
        source = Path(name) / "program"
        arrays = _generate(assemble, dtype, source)
        folder = programs / _hash(source, compiler)
        with locked(folder):
            if not folder.exists():
                _compile(source)
                (source / "arrays.json").write_text(json.dumps(arrays))
                source.replace(folder)
    return Program(folder, json.loads((folder / "arrays.json").read_text()))


def find_compiler() -> str:
    """The C++ compiler's path.

    Raises
    ------
    RequestError : none is found
    """
    wanted = _compiler_command()
    path = shutil.which(wanted.split()[0])
    if path is None or shutil.which("make") is None:
        missing = wanted if path is None else "make"
        raise RequestError(
            f"device cpp_standalone: needs a C++ compiler and make, found no {missing}; "
            "install it, or use --device runtime (slow)"
        )
    return path


def _generate(assemble: Callable[[], Network], dtype: DTypeLike, folder: Path) -> dict[str, tuple[str, str]]:
    previous = get_device()
    gc.collect()  # objects of a network built before would take the names that the key depends on
    with brian_preferences(dtype), fast_templates():
        set_device("cpp_standalone", directory=str(folder), build_on_run=False)
        try:
            network = assemble()
            # Several would drift apart, and stand in the source in an order that is never the same.
            (clock,) = {part.clock for part in network.sorted_objects}
            network.run(_MAX_STEPS * clock.dt)
            device.build(directory=str(folder), compile=False, run=False)
            _stop_asking_the_time(folder / "network.cpp")
            for header in Path(__file__).parent.glob("*.h"):
                shutil.copy(header, folder)
            arrays = {
                f"{variable.owner.name}.{variable.name}": (
                    device.get_array_filename(variable),
                    np.dtype(variable.dtype).str,
                )
                for variable in device.arrays
                if variable.owner is not None
            }
        finally:
            device.reinit()
            set_device(previous)
    return arrays


def _stop_asking_the_time(source: Path) -> None:
    """Leave only the last of the calls of Brian2's loop that ask the system how long it has run.

    They take a tenth of the time of a small network and are for a limit on it, which there is none of.
    """
    text = source.read_text()
    asking = re.search(r"\n *current = std::clock\(\);\s*elapsed_realtime = [^;]*;", text)
    if asking:
        inside, after = asking[0], "\n    Network::_globally_running = false;\n"
        source.write_text(text.replace(inside, "", 1).replace(after, inside + after, 1))


def _hash(source: Path, compiler: str) -> str:
    """Key of a program: its source, and all that decides what a compiler makes of it."""
    digest = hashlib.sha256()
    for fact in (version("brian2"), _run([compiler, "--version"]), platform.machine(), _cpu_features()):
        digest.update(fact.encode() + b"\0")
    for file in sorted(source.rglob("*")):
        if file.is_file():
            content = file.read_bytes().replace(str(source).encode(), b"")
            digest.update(str(file.relative_to(source)).encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:24]


def _cpu_features() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _compiler_command() -> str:
    return os.environ.get("CXX") or "g++"


def _compile(source: Path) -> None:
    # Nearly all of the time goes into reading headers. All files include objects.h: it is read once. As
    # the source never changes, nobody needs to know which file depends on which.
    make = ["make", f"-j{os.cpu_count()}", "-C", str(source), f"CXX={_compiler_command()} -include objects.h"]
    header = source / "objects.h.gch"
    (source / "make.deps").touch()
    rule = f"{header.name}: ; $(CXX) $(CXXFLAGS) -x c++-header objects.h -o $@"
    for command in ([*make, "--eval", rule, header.name], [*make, "--old-file=make.deps"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the generated code did not compile:\n{done.stderr[-4000:]}")
    header.unlink()


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
