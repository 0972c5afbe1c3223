"""``checkpoint``: a C++ standalone run of any Brian2 model that is written to a file and goes on from it.

Between two time steps all that a program knows is in its arrays (variables, monitors, clocks, inputs), in the
spikes that are under way and in its random generators. That is what a file holds (``snapshot.h``), with the
number of the run, if there are several. A program that goes on makes its objects as always, passes over the
runs that were over, and takes the rest from the file.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import brian2
from brian2 import Quantity, get_device, prefs, second
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.units.fundamentalunits import DimensionMismatchError, get_dimensions, have_same_dimensions

from bioplast.errors import RequestError
from bioplast.notice import warn_on_stderr

_REQUEST = "checkpoint.txt"  # what the program reads

# Where Brian2's loop over time steps begins, has found its first step, and has found its next one.
_EDITS = (
    (
        r"(const double t_end = t \+ duration;)",
        r"\1\n    if (bioplast::checkpoints().skip_run()) { t = t_end; return; }",
    ),
    (
        r"(\w+ ?\* ?clock = next_clocks\(\);)",
        r"\1\n    if (bioplast::checkpoints().goes_on()) clock = next_clocks();"
        r"\n    if (clock) bioplast::checkpoints().begin"
        r"(clock->t[0], (clock->t[0] - t_start)/duration, &_last_run_completed_fraction);",
    ),
    (
        r"(\n +clock = next_clocks\(\);)",
        r"\1\n        if (clock) bioplast::checkpoints().after_step"
        r"(clock->t[0], (clock->t[0] - t_start)/duration, &_last_run_completed_fraction);",
    ),
)
_SOURCE = """#include "objects.h"
#include "run.h"
#include "snapshot.h"

static void exchange(bioplast::Snapshot& snapshot) {{
    using namespace brian;
    {lines}
}}

bioplast::Checkpoints& bioplast::checkpoints() {{
    static Checkpoints all("{model}", exchange, brian_end);
    return all;
}}
"""


def checkpoint(file: str | Path, *, every: Quantity | None = None, stop: Quantity | None = None) -> None:
    """Let the C++ standalone run go on from ``file`` if it is there, and be written to it.

    What comes out is what an uninterrupted run gives, bit for bit. Say it in the script after ``set_device``
    and before the model is built, or between ``device.build`` and one more ``device.run``. A run that is told
    to end (SIGTERM) is written too. Delete the file to begin anew. Functions of your own in C++ that remember
    something between two calls are not in it.

    Parameters
    ----------
    file : where the run is written to, and from where it goes on
    every : simulated time between two writings, each of which takes the place of the one before
    stop : simulated time at which the run is written and ends, with its results as they are then

    Raises
    ------
    RequestError : another device, OpenMP, or when the model is built, a file that another model has written
    DimensionMismatchError : ``every`` or ``stop`` is no time
    """
    device: Any = get_device()
    if not isinstance(device, CPPStandaloneDevice):
        raise RequestError("checkpoint: is for C++ standalone; say set_device('cpp_standalone') before it")
    if prefs.devices.cpp_standalone.openmp_threads > 0:
        raise RequestError("checkpoint: OpenMP must be off, prefs.devices.cpp_standalone.openmp_threads = 0")
    place = Path(file).resolve()
    times = [_read_time("every", every), _read_time("stop", stop)]
    request = "\n".join([str(place), *map(repr, times), ""])
    if device.project_dir is None:
        _attach(device, place, request)
    else:
        _place(Path(device.project_dir), place, request)


def _read_time(name: str, time: Quantity | None) -> float:
    if time is None:
        return 0.0
    if not have_same_dimensions(time, second):
        raise DimensionMismatchError(f"checkpoint: {name} is no time", get_dimensions(time), second.dim)
    if not float(time) > 0:
        raise RequestError(f"checkpoint: {name} must be above 0 s, got {time}")
    return float(time)


def _attach(device: Any, file: Path, request: str) -> None:
    """Let the program that ``device`` will build, and none after it, have checkpoints."""

    def generate(writer: Any, compiler: str) -> None:
        type(device).generate_network_source(device, _Editor(writer), compiler)
        folder = Path(writer.project_dir)
        lines = "\n    ".join(_list_state(device))
        for name in ("snapshot.h", "write_log.h"):
            writer.write(name, (Path(__file__).parent / name).read_text())
        writer.write("checkpoint.cpp", _SOURCE.format(model=_digest(folder), lines=lines))
        _place(folder, file, request)

    def forget() -> None:
        del device.generate_network_source, device.reinit
        device.reinit()

    device.generate_network_source, device.reinit = generate, forget


def _place(folder: Path, file: Path, request: str) -> None:
    """Put what is asked for where the program in ``folder`` looks for it."""
    source = folder / "checkpoint.cpp"
    if not source.exists():
        raise RequestError(
            "checkpoint: the program was built without checkpoints; say it before device.build"
        )
    if file.exists():
        model = re.search(r'all\("(\w+)"', source.read_text())
        head = f"bioplast checkpoint 1 {model and model[1]}\n".encode()
        with file.open("rb") as opened:
            if opened.read(len(head)) != head:
                raise RequestError(f"checkpoint {file}: is one of another model; delete it to begin anew")
        warn_on_stderr(f"the run goes on from {file}; delete it to begin anew")
    (folder / _REQUEST).write_text(request)


class _Editor:
    """Takes the source of Brian2's loop over time steps and writes it with calls of ours in it."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, name: str, contents: Any) -> None:
        """As Brian2's writer does."""
        source = contents.cpp_file
        for where, what in _EDITS:
            source, n_found = re.subn(where, what, source)
            if n_found != 1:
                raise RequestError(f"checkpoint: Brian2 {brian2.__version__} has not been tried")
        self._writer.write("network.cpp", '#include "snapshot.h"\n' + source)
        self._writer.write("network.h", contents.h_file)


def _list_state(device: Any) -> list[str]:
    """C++ that exchanges all arrays, spikes under way and generators with a snapshot."""
    dynamic, matrices = device.dynamic_arrays, device.dynamic_arrays_2d
    flat = [name for variable, name in device.arrays.items() if variable not in {**dynamic, **matrices}]
    taken = {*device.arrays.values(), *dynamic.values(), *matrices.values()}
    flat += [name for name, *_ in device.static_array_specs if name not in taken]
    lines = [f"snapshot.array({name}, _num_{name});" for name in sorted(flat)]
    lines += [f"snapshot.array({name});" for name in sorted(dynamic.values())]
    lines += [f"snapshot.matrix({name});" for name in sorted(matrices.values())]
    pathways = [pathway for synapses in device.synapses for pathway in synapses._pathways]
    for pathway in sorted(pathways, key=lambda pathway: pathway.name):
        delays = device.get_array_name(pathway.variables["delay"], access_data=False)
        lines.append(f"snapshot.queue(*{pathway.name}.queue[0], {delays}.size());")
    return [*lines, "for (auto& generator : _random_generators) snapshot.value(generator);"]


def _digest(folder: Path) -> str:
    """What tells models apart: the source of the program, whose lines come in no fixed order.

    How long the model runs does not count.
    """
    files = [folder / "main.cpp", folder / "objects.cpp", *(folder / "code_objects").glob("*.cpp")]
    source = "\n".join(sorted(file.read_text() for file in files))
    lines = sorted(re.sub(r"\.run\([^)]*\)", ".run()", source).splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
