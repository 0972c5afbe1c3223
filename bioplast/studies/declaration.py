"""What an experiment is: a grid, what is drawn of it, and the words below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import Cells, count_reached
from bioplast.figures.headline import write_headline
from bioplast.studies.grid import Grid, Grids, list_grids
from bioplast.studies.point import Rows
from bioplast.training.config import RunConfig

_RUN_SETTINGS = {field.name for field in fields(RunConfig)} - {"settings", "provenance"}

Analyze = Callable[..., pd.DataFrame]
Measure = Callable[[dict[str, Any], Path], Rows]


@dataclass(frozen=True, kw_only=True)
class Study:
    """One figure, as the file ``experiments/NAME.py`` declares it under the name ``STUDY``.

    ``analyze`` and ``summarize`` are given what was found: the list of runs, if there is a ``grid``, and then
    a DataFrame of the points' rows, each after the values of its point, if there are ``points``; with
    ``sources`` a dictionary of what those experiments' ``analyze`` returned.

    Attributes
    ----------
    plot : the figure of what ``analyze`` returned; draws and computes nothing.
        ``bioplast.figures.panels.Panels`` is one
    caption : words, with the fields of ``bioplast.studies.caption.fill_caption`` and of ``describe``
    grid : training runs
    quick : those of the small form, to see that it works; None for the same grid with one seed
    points : measurements that are no training runs; their settings are JSON scalars
    quick_points : those of the small form; None for the same ones with one seed
    measure : carries a point out, in the project's folder; rows, as dictionaries of JSON scalars
    sources : names of the experiments that this one is made of
    analyze : exactly what is drawn; for a grid alone it may be left out, and ``Cells`` of its rules is taken
    tabulate : the table of what is drawn; medians of cells, where there are some, if left out
    summarize : the table in place of ``tabulate``, where it holds more than is drawn
    describe : more fields for the caption, by name, of what is drawn
    headline : what the figure shows, one sentence with the numbers that matter, computed from what is drawn;
        it stands above the figure and is the first line of the caption. Empty where nothing can be said

    Raises
    ------
    ValueError : something is missing, or does not go together
    """

    plot: Callable[[pd.DataFrame], Figure]
    caption: str
    grid: Grids = ()
    quick: Grids | None = None
    points: Grids = ()
    quick_points: Grids | None = None
    measure: Measure | None = None
    sources: Sequence[str] = ()
    analyze: Analyze | None = None
    tabulate: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    summarize: Analyze | None = None
    describe: Callable[[pd.DataFrame], Mapping[str, str]] | None = None
    headline: Callable[[pd.DataFrame], str] | None = None

    def __post_init__(self) -> None:
        if bool(self.grid or self.points) == bool(self.sources):
            raise ValueError("Study: must have a grid of runs, points, or sources alone")
        if bool(self.points) != (self.measure is not None):
            raise ValueError("Study.measure: must be there where there are points, and only there")
        if self.analyze is None and (self.points or self.sources):
            raise ValueError("Study.analyze: must be there; only for a grid of runs it can be left out")
        if self.tabulate is not None and self.summarize is not None:
            raise ValueError("Study: must not have both tabulate and summarize")
        for grid in [*list_grids(self.grid), *list_grids(self.quick or ())]:
            unknown = sorted(grid.names - _RUN_SETTINGS)
            if unknown:
                known = ", ".join(sorted(_RUN_SETTINGS))
                raise ValueError(f"Study.grid: no setting {unknown[0]!r} of a run; there are {known}")

    def list_runs(self, quick: bool = False, seeds: int | None = None) -> list[RunConfig]:
        """The runs, full or quick, with so many seeds of each (None: their own number).

        Raises
        ------
        RequestError : a setting that a run cannot have
        """
        return [RunConfig(**values) for values in _list_settings(self.grid, self.quick, quick, seeds)]

    def list_points(self, quick: bool = False, seeds: int | None = None) -> list[dict[str, Any]]:
        """The measurements, as ``list_runs`` gives the runs."""
        return _list_settings(self.points, self.quick_points, quick, seeds)

    def compute(self, *findings: Any) -> pd.DataFrame:
        """Exactly what is drawn."""
        analyze = self.analyze or Cells(["rule"], ["m0", "m1", "samples"], ["test"])
        return analyze(*findings)

    def make_table(self, data: pd.DataFrame, *findings: Any) -> pd.DataFrame:
        """The table that goes with the figure of ``data``, which ``compute`` gave for ``findings``."""
        if self.summarize is not None:
            return self.summarize(*findings)
        return (self.tabulate or count_reached)(data)

    def tell(self, data: pd.DataFrame) -> Mapping[str, str]:
        """Fields for the caption."""
        return {} if self.describe is None else self.describe(data)

    def say(self, data: pd.DataFrame) -> str:
        """The headline; empty where there is none."""
        return "" if self.headline is None else self.headline(data)

    def draw(self, data: pd.DataFrame) -> Figure:
        """The figure, under its headline."""
        figure = self.plot(data)
        write_headline(figure, self.say(data))
        return figure


def _list_settings(full: Grids, small: Grids | None, quick: bool, seeds: int | None) -> list[dict[str, Any]]:
    if quick and small is None and seeds is None:
        seeds = 1
    grids: list[Grid] = list_grids(small if quick and small is not None else full)
    return [values for grid in grids for values in grid.list_settings(seeds)]
