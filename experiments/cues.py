"""Counting cues over seconds: what a recurrent network writes to learn a task that unfolds in time."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.fronts import compare_rules, describe_rules, find_frugal, tabulate_rules
from bioplast.figures.fronts import plot_fronts
from bioplast.figures.style import make_looks
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.training.record import Run

TASK = "cues"
# All behind the same transform: single trials are too noisy for a plain gradient.
RULES = {
    "recurrent": (
        "adam(rate=0.0005)",
        "adam(rate=0.0005) + largest(0.1)",
        "adam(rate=0.001) + largest(0.065)",
        "adam(rate=0.001) + largest(0.05, output=0.5)",
        "adam(rate=0.0007) + largest(0.05, output=0.5)",
    ),
    "rnn": ("adam(rate=0.001)", "adam(rate=0.001) + largest(0.1)"),
}
LABELS = [f"{model}: {Plasticity.parse(rule)}" for model, rules in RULES.items() for rule in rules]
# With all changes written, in the same network.
BASELINES = {
    label: next(first for first in LABELS if first.startswith(f"{label.partition(':')[0]}:"))
    for label in LABELS
    if "largest" in label
}
GOAL = 0.93
GRID = [
    Grid(seeds=5, model=model, rule=rules, hidden=100, task=TASK, goal=GOAL, max_samples=16_000)
    for model, rules in RULES.items()
]
QUICK = [
    Grid(model=model, rule=rules, hidden=100, task=TASK, goal=0.75, max_samples=1500)
    for model, rules in RULES.items()
]

CAPTION = """
Cue accumulation ({task}): seven cues on two sides in 1,050 ms, and after more than a second the side with
more of them is asked for; {hidden} cells, half of which adapt (recurrent) or are slow (rnn), one trial at a
time, to {goal} of 500 new trials, confirmed on 512 others; shortcuts end at 90.7 %. recurrent: spiking cells,
e-prop with random feedback; rnn: rates, backpropagation through time. Adam in every synapse; books count
writes of weights only. n = {n} seeds.

a, b, c: online accuracy against trials, writes (M0) and summed size of the changes (M1), a line a run; open
markers gave up. Broken line: the goal.

d: how many times less than with all changes written, same seed; bars: medians. {saved} {tested} {missing}
"""


def name_run(run: Run) -> str:
    """The label of a run."""
    return f"{run.record['model']}: {run.record['rule']}"


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: see ``bioplast.analysis.fronts.compare_rules``."""
    return compare_rules(runs, [name_run(run) for run in runs], BASELINES)


def headline(data: pd.DataFrame) -> str:
    """How many writes the rule saves that needs fewest trials of those that save ten times."""
    best = find_frugal(data, [label for label in BASELINES if label.startswith("recurrent")])
    if best is None:
        return ""
    return (
        f"Counting cues over seconds, spiking cells write {best['m0']:.3g} times less in "
        f"{1 / best['samples']:.2g} times the trials with {best.name.partition(': ')[2]}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Accuracy against trials, writes and size of changes, and savings at the goal."""
    return plot_fronts(data, make_looks(LABELS), goal=GOAL)


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate_rules,
    describe=describe_rules,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
