"""``checkpoint`` on Brian2's own examples: how many, stopped halfway, go on to the same results.

The examples come from Brian2's source distribution, which pip fetches, and have a process each. Where one
asks for values before its end, what it has asked to be simulated till then is what runs; one that has asked
for nothing yet needs runtime mode. Runs are cut to a tenth of a second, generators are seeded, and what
is given to other processes is done in this one.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

LONGEST = 0.1  # s, of a run
PATIENCE = 1200  # s, for an example
SAME, DIFFERS, REFUSED = "the same", "differs", "refused"
NOT_STANDALONE, NOT_HERE = "runtime only", "not tried"
_NO_MODELS = ("params.py", "plot_utils.py")  # what examples import
_LACKS_SOMETHING = ("ModuleNotFoundError", "FileNotFoundError")
_QUICK = ("CUBA.py", "non_reliability.py")


def run(*, out: Path, quick: bool) -> None:
    """Print how many examples go on as if nothing had been, and why the others do not."""
    verdicts: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="bioplast-") as scratch:
        folder = fetch_examples(Path(scratch))
        for path in sorted(folder.rglob("*.py")):
            if path.name in _NO_MODELS or (quick and path.name not in _QUICK):
                continue
            verdict, reason = try_example(path, Path(scratch) / "program")
            verdicts.append((str(path.relative_to(folder)), verdict, reason))
            print(*verdicts[-1], sep="  ", file=sys.stderr, flush=True)
    table = Table("example", "", "why")
    for line in verdicts:
        if line[1] != SAME:
            table.add_row(*line)
    counts = Counter(verdict for _, verdict, _ in verdicts)
    n_run = counts[SAME] + counts[DIFFERS] + counts[REFUSED]
    console = Console(width=110)
    console.print(table)
    console.print(f"{counts[SAME]} of {n_run} examples that run in C++ standalone go on bit for bit")
    console.print(f"{counts[NOT_STANDALONE]} need runtime mode, {counts[NOT_HERE]} were not tried")
    out.mkdir(parents=True, exist_ok=True)
    with (out / "checkpoints.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("example", "verdict", "reason"), *verdicts])


def fetch_examples(folder: Path) -> Path:
    """The examples of the Brian2 that is installed."""
    wanted = ["download", "--quiet", "--no-deps", "--no-binary", "brian2", f"brian2=={version('brian2')}"]
    subprocess.run([sys.executable, "-m", "pip", *wanted], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (examples,) = folder.glob("*/examples")
    return examples


def try_example(path: Path, program: Path) -> tuple[str, str]:
    """Verdict on an example, and the reason."""
    shutil.rmtree(program, ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.checkpoints", str(path), str(program)]
    environment = os.environ | {
        "MPLBACKEND": "agg",
        "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
        "PYTHONWARNINGS": "ignore",
    }
    try:
        done = subprocess.run(
            command,
            cwd=path.parent,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NOT_HERE, f"takes more than {PATIENCE} s"
    lines = [line for line in done.stdout.splitlines() if line.startswith("verdict: ")]
    if not lines:
        return DIFFERS, (done.stderr.strip().splitlines() or ["?"])[-1]
    verdict, _, reason = lines[-1].removeprefix("verdict: ").partition(": ")
    return verdict, reason


class _OneProcess:
    """Stands where an example asks for a pool of processes, in which the model would be another's."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> _OneProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, do: Callable[[Any], Any], values: Iterable[Any], *_: Any) -> list[Any]:
        """As a pool does."""
        return [do(value) for value in values]

    imap = imap_unordered = map


class _AskedToBuildError(Exception):
    """The example wants its model to be compiled."""


def main(path: Path, folder: Path) -> str:
    """In a process of its own: what becomes of the example."""
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}  # which hold on to the model
    reason = _read(path, names)
    import brian2

    device: Any = brian2.get_device()
    if not any(name == "run_network" for name, _ in device.main_queue):
        verdict = NOT_HERE if reason.startswith(_LACKS_SOMETHING) else NOT_STANDALONE
        return f"{verdict}: {reason or 'runs nothing'}"
    from bioplast.backends.programs.compile import compile_source
    from bioplast.brian import checkpoint
    from bioplast.errors import MachineError, RequestError

    file = folder / "run.checkpoint"
    try:
        checkpoint(file)
    except RequestError as error:
        return f"{REFUSED}: {str(error).removeprefix('checkpoint: ')}"
    type(device).build(device, directory=str(folder), compile=False, run=False)
    try:
        compile_source(folder)
    except MachineError as error:
        return f"{NOT_HERE}: {str(error).partition('compile: ')[2]}"
    whole = _go(device, folder, "whole")
    half = max(float(network.t) for network in device.networks) / 2 * brian2.second
    checkpoint(file, stop=half)
    _go(device, folder, "begun")
    if not file.exists():
        return f"{DIFFERS}: no checkpoint was written at {half}"
    checkpoint(file)
    ended = _go(device, folder, "ended")
    different = sorted(name for name in whole | ended if whole.get(name) != ended.get(name))
    return f"{DIFFERS}: {', '.join(different)}" if different else f"{SAME}: stopped at {half}"


def _read(path: Path, names: dict[str, Any]) -> str:
    """Let the example build its model; why it did not come to its end."""
    import brian2
    from brian2.devices import cpp_standalone

    brian2.set_device("cpp_standalone", build_on_run=False)
    brian2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
    device: Any = cpp_standalone.device.cpp_standalone_device

    def refuse(*_: Any, **__: Any) -> None:
        raise _AskedToBuildError

    def cut(network: Any, duration: Any, *rest: Any, **options: Any) -> None:
        options["level"] = options.get("level", 0) + 1
        uncut(network, min(duration, LONGEST * brian2.second), *rest, **options)

    def keep(self: Any, *rest: Any, **options: Any) -> None:
        made.append(self)
        make(self, *rest, **options)

    made = names["made"] = []
    make, brian2.BrianObject.__init__ = brian2.BrianObject.__init__, keep
    uncut, brian2.Network.run = brian2.Network.run, cut
    device.build = refuse
    for module in (brian2, brian2.devices, brian2.devices.device):
        module.set_device = lambda *_, **__: None
    multiprocessing.Pool = _OneProcess  # type: ignore[assignment]
    brian2.seed(1)
    sys.argv = [str(path)]
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    except _AskedToBuildError:
        return ""
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__} {error}".splitlines()[0][:90]
    finally:
        del device.build
        brian2.Network.run = uncut
    return ""


def _go(device: Any, folder: Path, name: str) -> dict[str, bytes]:
    """Run the program: its files of results, without what is said of the time it took."""
    device.run(directory=str(folder), results_directory=name, with_output=False)
    return {
        file.name: file.read_bytes()
        for file in (folder / name).iterdir()
        if file.name not in ("last_run_info.txt", "stdout.txt", "profiling_info.txt")
    }


if __name__ == "__main__":
    print("verdict:", main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
