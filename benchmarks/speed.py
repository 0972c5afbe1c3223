"""The kernel of the network ann against NumPy and PyTorch: same network, same images, same books.

One core, one image at a time, every synapse booked, float32. Each learner runs in a process of its own;
the learners of a case take turns, and what counts is the median over the turns. Compilation is not timed.
"""

from __future__ import annotations

import csv
import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.learners import LEARNERS, is_there
from benchmarks.worker import Worker

WARM_UP = 50  # images that compile, tell how long a turn is and how much is written
MOST_IMAGES = 8000  # of one turn: all turns together must find new images


@dataclass(frozen=True)
class Case:
    """What all learners do.

    Attributes
    ----------
    rule, n_hidden : the network
    again : whether the images have been shown before
    floor : how many times faster than ``dense`` the kernel must be
    """

    rule: str
    n_hidden: int
    again: bool = False
    floor: float | None = None

    @property
    def label(self) -> str:
        """The case in words."""
        return f"{self.rule}, N = {self.n_hidden}" + (", images seen before" if self.again else "")


CASES = (
    Case("plain", 100, floor=6),
    Case("largest(0.1)", 100, floor=12),
    Case("largest(0.01)", 1000, floor=30),
    Case("subnet(100)", 1000, floor=100),
    Case("subnet(100)", 1000, again=True),
)


@dataclass(frozen=True)
class Row:
    """What one learner did in one case.

    Attributes
    ----------
    speed : images per second of one core
    writes : weight writes per image
    peak : most memory of the process, in bytes
    """

    learner: str
    speed: float
    writes: float
    peak: float


def run(*, out: Path, quick: bool) -> None:
    """Measure all cases, print a table and write it as CSV."""
    console = Console()
    console.width = max(console.width, 100)  # a table in a file is not cut
    learners = [name for name in LEARNERS if is_there(name)]
    table = Table(title="Images per second of one core, batch 1, all books on", title_justify="left")
    table.add_column("case and learner", no_wrap=True)
    for heading in ("images/s", "kernel is", "floor", "writes/image", "peak memory"):
        table.add_column(heading, justify="right")
    lines = []
    for case in CASES:
        with console.status(case.label):
            rows = measure_case(case, learners, turns=3 if quick else 7, seconds=0.1 if quick else 0.5)
        table.add_row(f"[bold]{case.label}")
        for row in rows:
            ratio = rows[0].speed / row.speed
            floor = f"{case.floor:g} x" if case.floor and row.learner == "dense" else ""
            table.add_row(
                f"  {row.learner}",
                f"{row.speed:,.0f}",
                f"{ratio:.1f} x",
                floor,
                f"{row.writes:,.0f}",
                f"{row.peak / 1e6:,.0f} MB",
            )
            lines.append([case.rule, case.n_hidden, case.again, row.learner, row.speed, ratio, row.peak])
        table.add_section()
    console.print(table)
    if "pytorch" not in learners:
        console.print("PyTorch is not installed: pip install '.\\[bench]'")
    out.mkdir(parents=True, exist_ok=True)
    path = out / "speed.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["rule", "hidden", "again", "learner", "images_per_second", "kernel_is", "peak_bytes"]
        )
        writer.writerows(lines)
    console.print(f"written to {path}")


def measure_case(case: Case, learners: list[str], *, turns: int, seconds: float) -> list[Row]:
    """Let ``learners`` take ``turns`` of about ``seconds`` each."""
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(name, case.rule, case.n_hidden)) for name in learners]
        sizes = [choose_size(worker, seconds) for worker in workers]
        writes = [worker.count_writes() / WARM_UP for worker in workers]
        speeds: list[list[float]] = [[] for _ in workers]
        for turn in range(turns + case.again):
            for worker, n_images, found in zip(workers, sizes, speeds, strict=True):
                first = WARM_UP + (0 if case.again else turn * n_images)
                found.append(n_images / worker.learn(first, n_images))
        return [
            Row(name, statistics.median(found[case.again :]), written, worker.measure_peak())
            for name, found, written, worker in zip(learners, speeds, writes, workers, strict=True)
        ]


def choose_size(worker: Worker, seconds: float) -> int:
    """Warm the learner up; number of images that take it about ``seconds``."""
    worker.learn(0, WARM_UP // 2)
    per_image = worker.learn(WARM_UP // 2, WARM_UP // 2) / (WARM_UP // 2)
    return max(5, min(MOST_IMAGES, int(seconds / per_image)))
