"""The experiments of a project: files, each with a ``Study``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bioplast.errors import RequestError
from bioplast.studies.declaration import Study
from bioplast.studies.measuring import collect_provenance
from bioplast.studies.point import Point, Rows
from bioplast.training.config import RunConfig


@dataclass(frozen=True)
class Experiment:
    """One figure: the ``STUDY`` of the file ``experiments/NAME.py``.

    Attributes
    ----------
    module : the file

    Raises
    ------
    RequestError : the file has no ``STUDY``
    """

    module: ModuleType

    def __post_init__(self) -> None:
        if not isinstance(getattr(self.module, "STUDY", None), Study):
            raise RequestError(
                f"experiment: {self.module.__file__} must define STUDY, a bioplast.studies.declaration.Study"
            )

    @property
    def study(self) -> Study:
        study: Study = self.module.STUDY
        return study

    @property
    def name(self) -> str:
        """The experiment's name: that of its file."""
        return self.module.__name__.rpartition(".")[2]

    def say_command(self, quick: bool, seeds: int | None) -> str:
        """What makes the experiment's figure; of a sweep, from the file that it leaves."""
        own: str | None = getattr(self.module, "COMMAND", None)
        options = [" --quick"] * quick + [f" --seeds {seeds}"] * (seeds is not None)
        return own or f"bioplast run {self.name}" + "".join(options)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self.study.sources)

    @property
    def has_runs(self) -> bool:
        return bool(self.study.grid)

    @property
    def has_points(self) -> bool:
        return bool(self.study.points)

    def make_grid(self, quick: bool, seeds: int | None) -> list[RunConfig]:
        return self.study.list_runs(quick, seeds)

    def make_points(self, quick: bool, seeds: int | None) -> list[Point]:
        values = self.study.list_points(quick, seeds)
        if not values:
            return []
        provenance = collect_provenance(self.module, self.study, values)
        return [Point(self.name, point, provenance) for point in values]

    def measure(self, point: Point, project: Path) -> Rows:
        """Carry out a measurement."""
        if self.study.measure is None:
            raise RequestError(f"experiment: {self.module.__file__} must measure {point.name}, but does not")
        return list(self.study.measure(dict(point.values), project))

    def analyze(self, *findings: Any) -> pd.DataFrame:
        return self.study.compute(*findings)

    def tabulate(self, data: pd.DataFrame, *findings: Any) -> pd.DataFrame:
        return self.study.make_table(data, *findings)

    def plot(self, data: pd.DataFrame) -> Figure:
        return self.study.draw(data)

    @property
    def caption(self) -> str:
        return self.study.caption

    def describe(self, data: pd.DataFrame) -> Mapping[str, str]:
        return self.study.tell(data)

    def say(self, data: pd.DataFrame) -> str:
        return self.study.say(data)
