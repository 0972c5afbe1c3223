"""What a study of very many very short runs spends beside them, and how fast its results are read."""

from __future__ import annotations

import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import numpy as np

from bioplast.loading import load_module
from bioplast.studies.catalog import load_runs
from bioplast.studies.study import run_experiment
from bioplast.training import RunConfig
from bioplast.training.run import set_up

N_RUNS, N_QUICK = 10_000, 200
N_ALONE = 50  # runs made without a study, to compare with
STUDY = Path(__file__).parent / "study"
MODEL = Path(__file__).parents[1] / "models" / "ann.py"
SIDE = 4  # pixels


def run(*, out: Path, quick: bool) -> None:
    """Print seconds a run with and without the study, the parent's memory, and the times to read it all."""
    n_runs = N_QUICK if quick else N_RUNS
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        project = Path(folder)
        shutil.copytree(STUDY, project, dirs_exist_ok=True)
        (project / "models").mkdir()
        shutil.copy(MODEL, project / "models")
        _write_patterns(project / "patterns")
        alone = _time_alone(project)
        n_workers = len(os.sched_getaffinity(0))
        with _watch_memory() as memory:
            seconds = _time(lambda: _run_study(project, n_runs))
        each = seconds * n_workers / n_runs
        print(f"{n_runs:,} runs, {n_workers} processes: {seconds:.0f} s")
        print(f"a run alone {alone * 1e3:.1f} ms, in the study {each * 1e3:.1f} ms of a process")
        third = len(memory) // 3
        print(f"memory of the parent: {memory[third]:.0f} MB after a third, {memory[-1]:.0f} MB at the end")
        again = _time(lambda: _run_study(project, n_runs))
        print(f"the study again, all found: {again:.1f} s")
        listing = [sys.executable, "-m", "bioplast", "list", "--runs", "--project", folder]
        print(
            f"bioplast list --runs: {_time(lambda: subprocess.run(listing, stdout=subprocess.DEVNULL)):.1f} s"
        )
        print(f"load_runs: {_time(lambda: load_runs(project / 'results')):.1f} s")


def _run_study(project: Path, n_runs: int) -> None:
    run_experiment(load_module("experiment", "many", project), project=project, seeds=n_runs)


def _time_alone(project: Path) -> float:
    config = RunConfig("ann", task="patterns", hidden=10, max_samples=100, goal=1.0)
    set_up(config, project=project).carry_out()  # compiles
    times = [_time(lambda: set_up(config, project=project).carry_out()) for _ in range(N_ALONE)]
    return statistics.median(times)


def _time(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


@contextmanager
def _watch_memory() -> Iterator[list[float]]:
    """Resident memory of this process in MB, once a second."""
    page = os.sysconf("SC_PAGE_SIZE") / 1e6
    seen, is_over = [], threading.Event()

    def watch() -> None:
        while not is_over.wait(1.0):
            seen.append(int(Path("/proc/self/statm").read_text().split()[1]) * page)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _write_patterns(folder: Path) -> None:
    """Noisy patterns of 4 x 4 pixels as a folder of IDX files."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 2, (3, SIDE * SIDE)) * 200
    for name, n_images in (("train", 240), ("t10k", 60)):
        labels = np.arange(n_images) % len(prototypes)
        pixels = prototypes[labels] + rng.integers(0, 56, (n_images, SIDE * SIDE))
        header = struct.pack(">IIII", 0x803, n_images, SIDE, SIDE)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(header + pixels.astype(np.uint8).tobytes())
        header = struct.pack(">II", 0x801, n_images)
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(header + labels.astype(np.uint8).tobytes())
