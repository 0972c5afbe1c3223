"""What a rule of one's own saves: energy against samples, beside plain learning."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.frame import make_run_frame
from bioplast.figures.style import make_figure
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training import Run, RunConfig

CAPTION = """
Learning {task} to {goal} with every change written, and with those alone that leave a weight within bounds.
{seeds}. {missing}
"""
RULES = ["plain", "bounded(0.2)", "bounded(0.1)"]


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Every rule with every seed."""
    n_seeds = seeds or (1 if quick else 3)
    return make_product(
        model="deep", task="stripes", rule=RULES, max_samples=20_000, seed=make_seeds(n_seeds)
    )


def expected_seconds(config: RunConfig) -> float:
    """About what a run takes; the longest start first."""
    return 2.0


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn."""
    return make_run_frame(runs)[["rule", "seed", "samples", "m0", "test"]]


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """Medians over the seeds."""
    return analyse(runs).groupby("rule")[["samples", "m0", "test"]].median().reset_index()


def plot(data: pd.DataFrame) -> Figure:
    """A marker a run."""
    figure = make_figure(85, 60)
    ax = figure.subplots()
    for rule, rows in data.groupby("rule"):
        ax.plot(rows["samples"], rows["m0"], "o", label=rule, alpha=0.7)
    ax.set(xlabel="samples until the goal", ylabel="energy, m0 (writes)")
    ax.set_ylim(bottom=0)
    ax.legend()
    return figure
