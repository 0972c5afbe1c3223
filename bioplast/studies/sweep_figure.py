"""What is drawn and told of a sweep, whatever it is over."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import compare_with_plain, compute_medians, count_reached, stack
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns
from bioplast.figures.cells import plot_cells
from bioplast.figures.panels import Panels, panel
from bioplast.figures.style import COLORS, make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.sizes import format_hidden
from bioplast.training.record import Run

_COSTS = ("m0", "m1", "samples")
_ACCURACIES = ("test",)
# Beside those that tables of runs have anyway.
_COLUMNS = ("max_samples", "interval", "shift", "falling", "device")
_LEGEND_WIDTH, _KEY_WIDTH = 115, 7  # in letters: of a legend, and of what stands before each label


CAPTION = """
Every combination of {axes} on {task}, to {goal} (validation); input encoding: {encoding}; hidden units:
{hidden}; {seeds} each.

Energy of plasticity spent by then, and the samples that it took. M0 counts weight writes; M1 sums the sizes
of the changes, in the unit of each network's own weights. One marker a run, open where it did not reach the
goal and shows what it had spent when it gave up; bars and lines: medians. {missing}
"""


@dataclass(frozen=True)
class Shown:
    """What is drawn of a sweep.

    Attributes
    ----------
    varied : axes and settings with more than one value
    settings : all settings that were asked for
    """

    varied: Sequence[str]
    settings: Sequence[str]

    def frame(self, runs: Sequence[Run]) -> pd.DataFrame:
        """A row a run, with a column a setting and ``label``, which tells what the figure's axis does not."""
        frame = make_run_frame(runs)
        records = [run.record for run in runs]
        for name in self.settings:
            frame[name] = [record["config"].get("options", {}).get(name) for record in records]
        for name in _COLUMNS:
            if name in self.varied:
                frame[name] = [record["config"].get(name) for record in records]
        frame["hidden"] = [_as_number(value) for value in frame["hidden"]]
        frame["goal"] = frame["goal"].astype(float)
        over = self.find_axis(frame)
        told = [name for name in self.varied if name != over] or ["rule"]
        frame["label"] = [
            ", ".join(_name_value(name, value) for name, value in zip(told, values, strict=True))
            for values in frame[told].itertuples(index=False, name=None)
        ]
        return frame

    def find_axis(self, frame: pd.DataFrame) -> str | None:
        """What is drawn from left to right: of what are numbers, all above 0, that with the most values."""
        counts = {
            name: frame[name].nunique()
            for name in self.varied
            if frame[name].map(lambda value: _is_number(value) and value > 0).all()
        }
        return max(counts, key=lambda name: counts[name]) if counts else None

    def cells(self, frame: pd.DataFrame) -> list[str]:
        """Columns that the runs of a cell share."""
        return list(dict.fromkeys(["label", "model", "rule", *self.varied]))

    def analyze(self, runs: list[Run]) -> pd.DataFrame:
        """Exactly what is drawn: a row a run (``kind`` run) and one a cell (``kind`` median)."""
        frame = self.frame(runs)
        medians = self._medians(frame)
        columns = ["kind", *self.cells(frame), "seed", "converged", "n", "reached"]
        shown = name_columns([*_COSTS, *_ACCURACIES])
        whole = [name for name in ("hidden",) if _is_whole(frame[name])]
        return stack(
            [frame.assign(kind="run"), medians.assign(kind="median")], [*columns, *shown], whole=whole
        )

    def summarize(self, runs: list[Run]) -> pd.DataFrame:
        """A row a cell: medians, and how many times less than plain learning of the same cell.

        The intervals of medians are among what is drawn; here is room for those of savings alone.
        """
        frame = self.frame(runs)
        table = count_reached(self.analyze(runs))
        table = table[[name for name in table if not name.endswith((" low", " high"))]]
        others = [name for name in self.cells(frame) if name not in ("label", "rule")]
        if {"plain"} < set(frame["rule"]):
            saved = compare_with_plain(frame, [*others, "rule"], _COSTS[:2], [*others, "seed"])
            saved = saved.drop(columns="n").rename(columns=_name_saving)
            table = table.merge(saved, on=[*others, "rule"], how="left")
        same = {"model", "rule"} - {*self.varied, *(() if self.varied else ["rule"])}
        return table.drop(columns=[*same])

    def plot(self, data: pd.DataFrame) -> Figure:
        """Lines over the axis of numbers, where there is one and few enough labels; else a row a cell."""
        over = self.find_axis(data)
        if over is None or data["label"].nunique() > len(COLORS):
            named = data.assign(label=[self._name_row(row, over) for _, row in data.iterrows()])
            return plot_cells(named)
        panels = [panel(plot_sweep, quantity=quantity, over=over) for quantity in _COSTS]
        looks = make_looks(data["label"])
        columns = max(1, _LEGEND_WIDTH // (max(map(len, looks)) + _KEY_WIDTH))
        rows = math.ceil(len(looks) / columns)
        columns = min(columns, len(looks))
        return Panels([panels], height_mm=68 + 4 * rows, looks=looks, legend_columns=columns)(data)

    def _name_row(self, row: pd.Series[Any], over: str | None) -> str:
        label = str(row["label"])
        return label if over is None else f"{label}, {_name_value(over, row[over])}"

    def _medians(self, frame: pd.DataFrame) -> pd.DataFrame:
        cells = self.cells(frame)
        medians = compute_medians(frame, cells, _COSTS)
        shown = name_columns(_ACCURACIES)
        medians[shown] = compute_medians(frame.assign(converged=True), cells, _ACCURACIES)[shown]
        return medians


def _name_value(name: str, value: Any) -> str:
    """A value for people; words say themselves what they are, numbers do not."""
    if name in ("model", "rule", "task", "protocol", "device"):
        return str(value)
    return f"{name} {value:g}" if _is_number(value) else f"{name} {value}"


def _name_saving(column: str) -> str:
    """``m0 low`` becomes ``m0 saving low``."""
    quantity, _, end = column.partition(" ")
    return f"{quantity} saving {end}".rstrip() if quantity in _COSTS else column


def _is_number(value: Any) -> bool:
    return type(value) is not bool and isinstance(value, Real) and math.isfinite(value)


def _is_whole(column: pd.Series[Any]) -> bool:
    return bool(column.map(lambda value: isinstance(value, Integral)).all())


def _as_number(value: Any) -> Any:
    """A size as the number it is; several sizes as text."""
    return value if isinstance(value, int | str) else format_hidden(value)
