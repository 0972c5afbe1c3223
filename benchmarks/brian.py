"""The Brian2 networks with and without restrictions, and a Numba kernel: images per second, all books on.

One core, one image at a time. The learners of a group take turns, so that a machine that is busy for a
while is busy for all of them; what counts is processor time, the compiled program's and this process's,
and the median over the turns. Compilation is not timed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.spiking_kernel import SpikingKernel
from benchmarks.turns import take_turns
from bioplast.loading import load_module
from bioplast.network import Model
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task
from bioplast.tasks.task import Task

KERNEL = "Numba kernel"
WARM_UP = 4000  # images after which cells have the activity they keep


@dataclass(frozen=True)
class Group:
    """Learners that take turns.

    Attributes
    ----------
    network, n_hidden : of all of them
    rules : declarations, or ``KERNEL``; the others are compared with the first
    floors : images per second that the first must reach, and shares of its speed that others must; for the
        kernel, the share of its speed that the first must reach
    """

    network: str
    n_hidden: int
    rules: tuple[str, ...]
    floors: tuple[float | None, ...]


GROUPS = (
    Group("rate", 100, ("plain", "largest(0.02)", "largest(0.02, output=0.2)"), (6000, 0.85, 0.85)),
    Group(
        "spiking",
        100,
        ("plain", KERNEL, "largest(0.02)", "largest(0.02, output=0.2)"),
        (3500, 0.7, 0.85, 0.85),
    ),
    Group("rate", 1000, ("plain", "subnet(50)"), (None, 2)),
    Group("spiking", 1000, ("plain", "subnet(50)"), (None, 2)),
)

Learn = Callable[[Trials], object]


def run(*, out: Path, quick: bool) -> None:
    """Print the table and write it to ``out``."""
    n_images, n_turns = (300, 1) if quick else (6000, 9)
    table = Table("network", "N", "rule", "images/s", "compared with plain", "floor")
    lines: list[tuple[object, ...]] = []
    for group in GROUPS:
        speeds = measure(group, n_images, n_turns)
        for rule, speed, floor in zip(group.rules, speeds, group.floors, strict=True):
            share = speeds[0] / speed if rule == KERNEL else speed / speeds[0]
            shown = f"plain is {share:.2f} of it" if rule == KERNEL else f"{share:.2f}"
            table.add_row(
                group.network,
                str(group.n_hidden),
                rule,
                f"{speed:,.0f}",
                "" if rule == group.rules[0] else shown,
                "" if floor is None else f"{floor:,g}",
            )
            lines.append((group.network, group.n_hidden, rule, speed, share, floor))
        table.add_section()
    console = Console()
    console.width = max(console.width, 100)  # a table in a file is not cut
    console.print(table)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "brian.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("network", "hidden", "rule", "images_per_second", "share", "floor"))
        writer.writerows(lines)


def measure(group: Group, n_images: int, n_turns: int) -> list[float]:
    """Images per second of processor time of each of the group's learners."""
    task = load_task("mnist")
    learners = [make_learner(group, rule, task) for rule in group.rules]
    for learn in learners:
        learn(Trials(task.train, np.arange(WARM_UP)))
    firsts = range(WARM_UP, WARM_UP + n_turns * n_images, n_images)
    shown = [
        Trials(task.train, np.arange(first, first + n_images) % len(task.train.labels), first)
        for first in firsts
    ]
    goes = [lambda turn, learn=learn: learn(shown[turn]) for learn in learners]
    return [n_images / seconds for seconds in take_turns(goes, n_turns)]


def make_learner(group: Group, rule: str, task: Task) -> Learn:
    """What learns from trials, with the first weights of seed 1."""
    network = load_module("model", group.network, Path(__file__).parents[1]).make_network(
        n_pixels=task.n_pixels,
        n_classes=task.n_classes,
        n_hidden=group.n_hidden,
        plasticity=Plasticity() if rule == KERNEL else Plasticity.parse(rule),
        device="cpp_standalone",
    )
    state = network.initial_state(1)
    if rule == KERNEL:
        kernel = SpikingKernel(network)
        return lambda trials: kernel.present(state, trials)
    model: Model = network
    return lambda trials: model.present(state, trials, learn=True)
