"""Very many very short runs: what a study spends beside its runs."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.frame import make_run_frame
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training import Run, RunConfig

CAPTION = "Accuracy of each run."
TASK = "patterns"  # a folder in the working directory
SAMPLES = 100


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    seeds = seeds or (10 if quick else 100)
    return make_product(
        model="ann", task=TASK, hidden=10, max_samples=SAMPLES, goal=1.0, seed=make_seeds(seeds)
    )


def expected_seconds(config: RunConfig) -> float:
    return 0.01


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    return make_run_frame(runs)[["seed", "test"]]


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    return analyse(runs)[["test"]].describe()


def plot(data: pd.DataFrame) -> Figure:
    figure, axes = plt.subplots()
    axes.plot(data["seed"], data["test"], ".")
    return figure
