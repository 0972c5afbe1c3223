"""The Brian2 networks with and without selection: images per second, batch 1, every synapse booked.

Compilation is not timed. The rules take turns, so that a machine that is busy for a while is busy for
all of them, and what counts is the median over the turns.
"""

from __future__ import annotations

import csv
import statistics
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bioplast.network import Model
from bioplast.plasticity import Plasticity
from bioplast.project import load_model_module
from bioplast.tasks import Trials, load_task

NETWORKS = ("rate", "spiking")
RULES = ("plain", "largest(0.02)", "subnet(50)")
N_HIDDEN = 100
WARM_UP = 2000  # images after which cells have the activity they keep


def run(*, out: Path, quick: bool) -> None:
    """Print the table and write it to ``out``."""
    n_images, n_turns = (500, 1) if quick else (6000, 5)
    rows = [row for network in NETWORKS for row in measure(network, n_images, n_turns)]
    table = Table("network", "rule", "images/s", "of plain")
    for network, rule, speed, share in rows:
        table.add_row(network, rule, f"{speed:,.0f}", f"{share:.2f}")
    Console().print(table)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "living.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("network", "rule", "images_per_second", "of_plain"), *rows])


def measure(network: str, n_images: int, n_turns: int) -> list[tuple[str, str, float, float]]:
    """(network, rule, images per second, share of plain's) for each of ``RULES``."""
    task = load_task("mnist")
    module = load_model_module(network, Path(__file__).parents[1])
    speeds: dict[str, list[float]] = {rule: [] for rule in RULES}
    models: dict[str, Model] = {}
    states = {}
    for rule in RULES:
        models[rule] = module.make_network(
            n_pixels=task.n_pixels,
            n_classes=task.n_classes,
            n_hidden=N_HIDDEN,
            plasticity=Plasticity.parse(rule),
            device="cpp_standalone",
        )
        states[rule] = models[rule].initial_state(1)
        models[rule].present(states[rule], Trials(task.train, np.arange(WARM_UP)), learn=True)
    for turn in range(n_turns):
        first = WARM_UP + turn * n_images
        trials = Trials(task.train, np.arange(first, first + n_images), first)
        for rule in RULES:
            start = time.perf_counter()
            models[rule].present(states[rule], trials, learn=True)
            speeds[rule].append(n_images / (time.perf_counter() - start))
    medians = {rule: statistics.median(values) for rule, values in speeds.items()}
    return [(network, rule, speed, speed / medians["plain"]) for rule, speed in medians.items()]
