"""Counting cues over seconds: what a recurrent network writes to learn a task that unfolds in time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from bioplast.figures.fronts import plot_fronts
from bioplast.figures.style import make_looks
from bioplast.studies.fronts import compare_rules, describe_rules, tabulate_rules
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

TASK = "cues"
# All behind the same transform: single trials are too noisy for a plain gradient.
RULES = {
    "recurrent": (
        "adam(rate=0.0005)",
        "adam(rate=0.0005) + largest(0.1)",
        "adam(rate=0.001) + largest(0.05)",
    ),
    "rnn": ("adam(rate=0.001)", "adam(rate=0.001) + largest(0.1)"),
}
ALL = "all written"
LABELS = [f"{model}: {rule.partition(' + ')[2] or ALL}" for model, rules in RULES.items() for rule in rules]
BASELINES = {label: f"{label.partition(':')[0]}: {ALL}" for label in LABELS if ALL not in label}
SEEDS, QUICK_SEEDS = 5, 1
GOAL, QUICK_GOAL = 0.93, 0.75
MAX_SAMPLES, QUICK_MAX_SAMPLES = 16_000, 1500

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


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Rules x seeds, of two networks."""
    default = QUICK_SEEDS if quick else SEEDS
    return [
        config
        for model, rules in RULES.items()
        for config in make_product(
            model=model,
            rule=list(rules),
            seed=make_seeds(default if seeds is None else seeds),
            task=TASK,
            goal=QUICK_GOAL if quick else GOAL,
            max_samples=QUICK_MAX_SAMPLES if quick else MAX_SAMPLES,
        )
    ]


def expected_seconds(config: RunConfig) -> float:
    """Compilation, and some 500 trials a second."""
    return 8 + (config.max_samples or MAX_SAMPLES) / 800


def name_run(run: Run) -> str:
    """The label of a run."""
    return f"{run.record['model']}: {run.record['rule'].partition(' + ')[2] or ALL}"


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: see ``bioplast.studies.fronts.compare_rules``."""
    return compare_rules(runs, [name_run(run) for run in runs], BASELINES)


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a label: runs that got there, medians of what that took, test accuracy, and savings."""
    return tabulate_rules(analyse(runs))


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    return describe_rules(data)


def plot(data: pd.DataFrame) -> Figure:
    """Accuracy against trials, writes and size of changes, and savings at the goal."""
    return plot_fronts(data, make_looks(LABELS), goal=GOAL)
