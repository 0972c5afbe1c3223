"""What a file in experiments/ must define."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Protocol, cast

import pandas as pd
from matplotlib.figure import Figure

from bioplast.errors import RequestError
from bioplast.training.config import RunConfig
from bioplast.training.record import Run


class Experiment(Protocol):
    """One figure: its grid, its analysis, its plot, its caption.

    Attributes
    ----------
    CAPTION : text with the fields of ``bioplast.studies.caption.fill_caption``
    """

    CAPTION: str

    def make_grid(self, quick: bool, seeds: int | None) -> list[RunConfig]:
        """The runs of the full or the quick form, with so many seeds (None: its own number)."""

    def expected_seconds(self, config: RunConfig) -> float:
        """About how long a run takes: the longest start first."""

    def analyse(self, runs: Sequence[Run]) -> pd.DataFrame:
        """Exactly what is drawn."""

    def tabulate(self, runs: Sequence[Run]) -> pd.DataFrame:
        """The table that goes with the figure."""

    def plot(self, data: pd.DataFrame) -> Figure:
        """The figure of what ``analyse`` returned; draws and computes nothing."""


_NAMES = ("CAPTION", "make_grid", "expected_seconds", "analyse", "tabulate", "plot")


def as_experiment(module: ModuleType) -> Experiment:
    """``module``, made sure to define an experiment.

    Raises
    ------
    RequestError : it lacks something
    """
    missing = [name for name in _NAMES if not hasattr(module, name)]
    if missing:
        raise RequestError(f"experiment: {module.__file__} must define {', '.join(missing)}")
    return cast(Experiment, module)


def name_experiment(module: ModuleType) -> str:
    """The experiment's name: that of its file."""
    return module.__name__.rpartition(".")[2]
