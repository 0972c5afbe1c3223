"""Runs of the same cell, that is, of the same settings with other seeds, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns, spread
from bioplast.analysis.statistics import bound_savings, estimate_between
from bioplast.training.record import Run

_COUNTS = ("seed", "n", "reached")


@dataclass(frozen=True)
class Cells:
    """The simplest analysis: a row a run, and below them the medians of their cells.

    Attributes
    ----------
    cells : columns of ``make_run_frame``, or of ``columns``, that the runs of a cell share
    quantities : columns with what a run spends until the goal: energies, samples
    values : columns with what does not depend on whether it got there: accuracies
    columns : columns that are derived, by name, each from the table with those before it; what is called
        ``label`` tells series apart in figures, and is made of ``cells`` if there is none
    """

    cells: Sequence[str]
    quantities: Sequence[str]
    values: Sequence[str] = ()
    columns: Mapping[str, Callable[[pd.DataFrame], Any]] = field(default_factory=dict)

    def __call__(self, runs: Sequence[Run]) -> pd.DataFrame:
        frame = make_run_frame(runs).assign(**self.columns)
        if "label" not in frame:
            frame["label"] = frame[list(self.cells)].astype(str).agg(", ".join, axis="columns")
        cells = list(dict.fromkeys(["label", *self.cells]))
        shown = name_columns(self.values)
        medians = compute_medians(frame, cells, self.quantities)
        medians[shown] = compute_medians(frame.assign(converged=True), cells, self.values)[shown]
        columns = ["kind", *cells, "seed", "converged", "n", "reached", *name_columns(self.quantities)]
        return stack([frame.assign(kind="run"), medians.assign(kind="median")], [*columns, *shown])


def count_unreached_as_infinite(runs: pd.DataFrame, quantity: str) -> pd.Series[Any]:
    """``quantity`` of each run; inf where it did not reach the goal: it would have cost more than it did."""
    return runs[quantity].astype(float).where(runs["converged"].astype(bool), np.inf)


def compute_medians(runs: pd.DataFrame, cells: Sequence[str], quantities: Sequence[str]) -> pd.DataFrame:
    """One row per cell: how many runs reached the goal, and medians of what that took.

    A run that did not reach the goal counts as dearer than any, so that a median is not that of
    the lucky ones; it is nan where at least half of the runs did not get there.

    Parameters
    ----------
    runs : one row a run with the columns ``converged``, ``cells`` and ``quantities``
    cells : columns that the runs of a cell share
    quantities : columns with energies or samples

    Returns
    -------
    medians : columns ``cells``, ``reached``, ``n``, and for each quantity itself and the ends of its
        interval, ``<quantity> low`` and ``<quantity> high``; the low one is that of what they spent,
        as none would have taken less, and the high one nan where it has no bound
    """
    rows = []
    for names, cell in runs.groupby(list(cells), sort=False):
        reached = int(cell["converged"].astype(bool).sum())
        row: dict[str, Any] = dict(zip(cells, names, strict=True))
        row |= {"reached": reached, "n": len(cell)}
        for quantity in quantities:
            row |= _describe(quantity, cell)
        rows.append(row)
    return pd.DataFrame(rows)


def with_medians(runs: pd.DataFrame, cells: Sequence[str], quantities: Sequence[str]) -> pd.DataFrame:
    """``runs`` with ``kind`` run, and below them the medians of their cells with ``kind`` median."""
    medians = compute_medians(runs, cells, quantities)
    return pd.concat([runs.assign(kind="run").astype(object), medians.assign(kind="median").astype(object)])


def stack(
    parts: Iterable[pd.DataFrame], columns: Sequence[str], *, whole: Sequence[str] = ()
) -> pd.DataFrame:
    """Tables below each other, with ``columns`` alone; what one lacks is empty.

    Seeds and counts, and the columns ``whole``, hold whole numbers, also where some are empty.
    """
    data = pd.concat(
        [part.reindex(columns=list(columns)).astype(object) for part in parts], ignore_index=True
    )
    counts = [name for name in (*_COUNTS, *whole) if name in data]
    return data.infer_objects().astype(dict.fromkeys(counts, "Int64"))


def count_reached(data: pd.DataFrame, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The medians in ``data`` as a table, with ``reached`` as ``2/3``: how many of how many runs got there.

    Parameters
    ----------
    data : rows of ``with_medians``; without a column ``kind`` all of it is the table
    columns : of the table; None for all that say something of a median
    """
    if "kind" not in data:
        return data
    cells = data[data["kind"] == "median"]
    cells = cells.assign(reached=cells["reached"].astype(str) + "/" + cells["n"].astype(str))
    if columns is None:
        cells = cells.drop(columns=["kind", "seed", "converged", "n"]).dropna(axis="columns", how="all")
        names = list(cells)
        # Where other columns say what a cell is, its label would say so again.
        columns = [name for name in names if name != "label" or names.index("reached") == 1]
    return cells[list(columns)].reset_index(drop=True)


def say_seeds(medians: pd.DataFrame) -> str:
    """The number of seeds behind ``medians``, which have the column ``n``, in words.

    >>> say_seeds(pd.DataFrame({"n": [3, 5]}))
    'n = 3 to 5 seeds'
    """
    low, high = int(medians["n"].min()), int(medians["n"].max())
    if low < high:
        return f"n = {low} to {high} seeds"
    return f"n = {low} seed{'s' if low > 1 else ''}"


def compare_with_plain(
    runs: pd.DataFrame, cells: Sequence[str], quantities: Sequence[str], pairs: Sequence[str]
) -> pd.DataFrame:
    """How many times less than plain learning each cell of another rule took.

    Parameters
    ----------
    runs : one row a run with the columns ``rule``, ``converged``, ``cells``, ``quantities`` and ``pairs``
    cells : columns that the runs of a cell share
    quantities : columns with energies or samples
    pairs : columns that a run has in common with the plain run it is compared with

    Returns
    -------
    savings : columns ``cells``, ``n``, the number of pairs, and for each quantity the median over pairs and
        the ends of its interval. Where a run missed the goal it is the least that the median can be (one
        that missed it may have saved nothing), and the high end inf if it has no bound
    """
    saved = {name: bound_savings(runs, name, pairs=pairs) for name in quantities}
    rows = []
    for names, cell in runs[runs["rule"] != "plain"].groupby(list(cells), sort=False):
        row: dict[str, Any] = dict(zip(cells, names, strict=True))
        for name in quantities:
            bounds = saved[name].loc[cell.index]
            estimate = estimate_between(bounds["least"], bounds["most"])
            least = float(bounds["least"].median())
            row |= {"n": estimate.n} | spread(name, least, estimate.low, estimate.high)
        rows.append(row)
    return pd.DataFrame(rows)


def _describe(quantity: str, cell: pd.DataFrame) -> dict[str, float]:
    values = count_unreached_as_infinite(cell, quantity)
    median = float(np.median(values))
    if not np.isfinite(median):
        return spread(quantity, np.nan, np.nan, np.nan)
    spent = estimate_between(cell[quantity].astype(float), values)
    return spread(quantity, median, spent.low, spent.high if np.isfinite(spent.high) else np.nan)
