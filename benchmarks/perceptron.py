"""A perceptron that learns random patterns, beside the theory: corrections, inefficiency, caching.

Li & van Rossum 2020, doi:10.7554/eLife.50804. Times are not measured here, numbers are: they say whether
books and rules do what they should where the answer is known.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from rich.console import Console
from rich.table import Table

from bioplast.energy import Energy
from bioplast.plasticity import Plasticity
from bioplast.tasks.patterns import make_patterns
from models.perceptron import (
    Learned,
    Network,
    compute_inefficiency,
    compute_threshold,
    compute_updates,
    learn_all,
)

N_INPUTS = 1000
LOADS = (0.5, 1.0, 1.5)
COSTS = (0.001, 0.01)  # of maintenance; with much less the best is never to consolidate before the end
STEPS = (0.5, 0.71, 1.0, 1.41, 2.0)  # thresholds that are tried, in those of the theory


@dataclass(frozen=True)
class Result:
    """A perceptron that has learned.

    Attributes
    ----------
    learned : how it went
    energy : what it cost
    variance : of the final weights, divided by that of a random walk of as many steps
    """

    learned: Learned
    energy: Energy
    variance: float


def learn(load: float, rule: str, *, seed: int, n_inputs: int = N_INPUTS) -> Result:
    """Learn ``load * n_inputs`` random patterns to perfection."""
    task = make_patterns(n_inputs, round(load * n_inputs), seed=seed)
    network = Network(n_inputs, task.n_classes, Plasticity.parse(rule))
    state = network.initial_state(seed)
    learned = learn_all(network, state, task.train)
    (layer,) = state.layers
    variance = float(layer.weights.var()) / (learned.n_updates * network.learning_rate**2)
    return Result(learned, layer.books.balance(layer.weights), variance)


@dataclass(frozen=True)
class Comparison:
    """Means over seeds at one load, divided by what the theory says.

    Attributes
    ----------
    updates, inefficiency : measured / theory
    explained : what of the second follows from the number of corrections and the weights' variance
    """

    load: float
    n_updates: float
    updates: float
    inefficiency: float
    explained: float


def compare(load: float, seeds: Sequence[int], *, n_inputs: int = N_INPUTS) -> Comparison:
    """Plain learning at one load beside the theory."""
    n_patterns = round(load * n_inputs)
    results = [learn(load, "plain", seed=seed, n_inputs=n_inputs) for seed in seeds]
    updates = [one.learned.n_updates / compute_updates(n_patterns, n_inputs) for one in results]
    expected = compute_inefficiency(n_patterns, n_inputs)
    return Comparison(
        load=load,
        n_updates=fmean(one.learned.n_updates for one in results),
        updates=fmean(updates),
        inefficiency=fmean(one.energy.m1 / one.energy.m1_min / expected for one in results),
        explained=fmean(math.sqrt(k / one.variance) for k, one in zip(updates, results, strict=True)),
    )


@dataclass(frozen=True)
class Optimum:
    """The caching threshold that costs least, in units of the learning rate.

    Attributes
    ----------
    theory, measured : the threshold
    saving : energy without caching / energy with it, maintenance included
    """

    load: float
    cost: float
    theory: float
    measured: float
    saving: float


def find_optimum(load: float, cost: float, seeds: Sequence[int], *, n_inputs: int = N_INPUTS) -> Optimum:
    """Try thresholds around that of the theory; the lowest point of a parabola through the best three.

    Steps of the weights are 1, so |s| > theta means |s| >= bound for the next whole number, and that bound
    is what the theory calls the threshold.
    """
    plain = [learn(load, "plain", seed=seed, n_inputs=n_inputs) for seed in seeds]
    n_updates = fmean(one.learned.n_updates for one in plain)
    n_trials = fmean(one.learned.n_trials for one in plain)
    theory = compute_threshold(n_updates, n_trials, learning_rate=1.0, cost=cost)
    bounds = sorted({max(1, round(theory * step)) for step in STEPS})
    energies = []
    for bound in bounds:
        rule = f"cache({bound - 0.5}, cost={cost})"
        results = [learn(load, rule, seed=seed, n_inputs=n_inputs) for seed in seeds]
        energies.append(fmean(one.energy.m1 + one.energy.maintenance for one in results))
    best = min(max(int(np.argmin(energies)), 1), len(bounds) - 2)
    near = slice(best - 1, best + 2)
    square, slope, _ = np.polyfit(np.log(bounds[near]), np.log(energies[near]), 2)
    return Optimum(
        load=load,
        cost=cost,
        theory=theory,
        measured=float(np.exp(-slope / (2 * square))),
        saving=fmean(one.energy.m1 for one in plain) / min(energies),
    )


def run(*, out: Path, quick: bool) -> None:
    """Measure, print two tables and write them as CSV."""
    console = Console()
    seeds = range(1, 3 if quick else 11)
    loads = LOADS[:1] if quick else LOADS
    with console.status("corrections and inefficiency"):
        comparisons = [compare(load, seeds) for load in loads]
    headings = ["load", "K", "K / theory", "inefficiency / theory", "explained"]
    rows = [[one.load, one.n_updates, one.updates, one.inefficiency, one.explained] for one in comparisons]
    write_table(console, f"N = {N_INPUTS}, {len(seeds)} seeds", headings, rows, out / "perceptron.csv")
    with console.status("caching threshold"):
        optima = [find_optimum(load, cost, seeds[:3]) for load in loads[:2] for cost in COSTS]
    headings = ["load", "cost", "theta theory", "theta measured", "saving"]
    rows = [[one.load, one.cost, one.theory, one.measured, one.saving] for one in optima]
    title = f"Best caching threshold, {len(seeds[:3])} seeds"
    write_table(console, title, headings, rows, out / "caching.csv")
    console.print(f"written to {out}")


def write_table(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[float]], path: Path
) -> None:
    """Print a table and write it as CSV."""
    table = Table(*headings, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(f"{value:.4g}" for value in row))
    console.print(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
