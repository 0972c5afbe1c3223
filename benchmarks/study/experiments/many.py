"""Very many very short runs: what a study spends beside its runs."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import Cells
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings

TASK = "patterns"  # a folder in the working directory
COMMON: Settings = {"model": "ann", "task": TASK, "hidden": 10, "max_samples": 100, "goal": 1.0}


def plot(data: pd.DataFrame) -> Figure:
    figure = Figure()
    figure.subplots().plot(data["seed"], data["test"], ".")
    return figure


STUDY = Study(
    grid=Grid(**COMMON, seeds=100),
    quick=Grid(**COMMON, seeds=10),
    analyze=Cells(["rule"], [], ["test"]),
    plot=plot,
    caption="Accuracy of each run.",
)
