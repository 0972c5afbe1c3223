"""What a file in experiments/ must define, and what it may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bioplast.errors import RequestError
from bioplast.studies.measuring import collect_provenance
from bioplast.studies.point import Point, Rows
from bioplast.training.config import RunConfig

_ALWAYS = ("CAPTION", "analyse", "tabulate", "plot")
_WITH_RUNS = ("make_grid", "expected_seconds")
_WITH_POINTS = ("make_points", "measure", "expected_point_seconds")


@dataclass(frozen=True)
class Experiment:
    r"""One figure: the file ``experiments/NAME.py``.

    ===============================  =======================================================================
    it defines
    ``CAPTION``                      text with the fields of ``bioplast.studies.caption.fill_caption``
    ``analyse(...)``                 exactly what is drawn, as a DataFrame
    ``tabulate(...)``                the table that goes with the figure
    ``plot(data)``                   the figure of what ``analyse`` returned; draws and computes nothing
    runs, points or both
    ``make_grid(quick, seeds)``      the runs, full or quick, with so many seeds (None: its own number)
    ``expected_seconds(config)``     about how long a run takes: the longest start first
    ``make_points(quick, seeds)``    measurements that are no training runs: a dictionary of JSON scalars each
    ``measure(point, project)``      carries one out; rows, as dictionaries of JSON scalars
    ``expected_point_seconds(p)``    about how long that takes
    or what others found
    ``SOURCES``                      names of other experiments
    and it may define
    ``describe(data)``               what is seen: more fields for the caption, by name
    ===============================  =======================================================================

    ``analyse`` and ``tabulate`` are given the list of runs, if there are any, and then a DataFrame of the
    points' rows, each after the values of its point, if there are any; with ``SOURCES``, a dictionary of what
    those experiments' ``analyse`` returned.

    Attributes
    ----------
    module : the file

    Raises
    ------
    RequestError : the file lacks something
    """

    module: ModuleType

    def __post_init__(self) -> None:
        wanted = list(_ALWAYS)
        if self.has_runs or not (self.has_points or self.sources):
            wanted += _WITH_RUNS
        if self.has_points:
            wanted += _WITH_POINTS
        missing = [name for name in wanted if not hasattr(self.module, name)]
        if missing:
            raise RequestError(f"experiment: {self.module.__file__} must define {', '.join(missing)}")

    @property
    def name(self) -> str:
        """The experiment's name: that of its file."""
        return self.module.__name__.rpartition(".")[2]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(getattr(self.module, "SOURCES", ()))

    @property
    def has_runs(self) -> bool:
        return hasattr(self.module, "make_grid")

    @property
    def has_points(self) -> bool:
        return hasattr(self.module, "make_points")

    def make_grid(self, quick: bool, seeds: int | None) -> list[RunConfig]:
        return list(self.module.make_grid(quick, seeds)) if self.has_runs else []

    def make_points(self, quick: bool, seeds: int | None) -> list[Point]:
        if not self.has_points:
            return []
        provenance = collect_provenance(self.module)
        return [Point(self.name, p, provenance) for p in self.module.make_points(quick, seeds)]

    def expect_seconds(self, work: RunConfig | Point) -> float:
        if isinstance(work, Point):
            return float(self.module.expected_point_seconds(dict(work.values)))
        return float(self.module.expected_seconds(work))

    def measure(self, point: Point, project: Path) -> Rows:
        """Carry out a measurement."""
        return list(self.module.measure(dict(point.values), project))

    def analyse(self, *findings: Any) -> pd.DataFrame:
        data: pd.DataFrame = self.module.analyse(*findings)
        return data

    def tabulate(self, *findings: Any) -> pd.DataFrame:
        table: pd.DataFrame = self.module.tabulate(*findings)
        return table

    def plot(self, data: pd.DataFrame) -> Figure:
        figure: Figure = self.module.plot(data)
        return figure

    @property
    def caption(self) -> str:
        return str(self.module.CAPTION)

    def describe(self, data: pd.DataFrame) -> Mapping[str, str]:
        return self.module.describe(data) if hasattr(self.module, "describe") else {}
