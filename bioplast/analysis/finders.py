"""How a number that a claim stands or falls with is found among an experiment's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from bioplast.analysis.claim import Find
from bioplast.analysis.statistics import Estimate, estimate_median
from bioplast.analysis.verdict import NOTHING, Finding


def take(table: pd.DataFrame, row: object) -> Finding:
    """A row of a table with the columns ``value``, ``low``, ``high`` and ``n``, if it has such a row."""
    if row not in table.index:
        return NOTHING
    value, low, high, n = table.loc[[row], ["value", "low", "high", "n"]].to_numpy()[0]
    return Finding(float(value), float(low), float(high), int(n))


def find_row(function: str, row: object, *more: object) -> Find:
    """What ``take`` gives of the table that ``function`` of the experiment's file makes of its data."""
    return lambda module, data: take(getattr(module, function)(data, *more), row)


def find_estimate(function: str) -> Find:
    """The median over seeds that ``function`` of the experiment's file gives of its data."""
    return lambda module, data: take_estimate(getattr(module, function)(data))


def find_most(function: str, quantity: str) -> Find:
    """The highest ``quantity`` in the table that ``function`` of the experiment's file makes of its data."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        table = getattr(module, function)(data).dropna(subset=[quantity])
        return take_columns(table.loc[table[quantity].idxmax()], quantity) if len(table) else NOTHING

    return find


def take_columns(row: pd.Series[Any], quantity: str) -> Finding:
    """The value of a row with the columns ``X``, ``X low``, ``X high`` and ``n``."""
    value, low, high = (float(row[f"{quantity}{end}"]) for end in ("", " low", " high"))
    return Finding(value, low, high, int(row["n"]))


def take_estimate(estimate: Estimate) -> Finding:
    """A median over seeds."""
    return Finding(estimate.median, estimate.low, estimate.high, estimate.n)


def invert(finding: Finding) -> Finding:
    """One over what was found: times longer, where it was times less."""
    return Finding(1 / finding.value, 1 / finding.high, 1 / finding.low, finding.n)


def divide(above: Finding, below: Finding) -> Finding:
    """How many times more, as far apart as their intervals allow; the n of what stands above."""
    return Finding(above.value / below.value, above.low / below.high, above.high / below.low, above.n)


def find_inverse(find: Find) -> Find:
    """How many times more, where ``find`` gives how many times less."""
    return lambda module, data: invert(find(module, data))


def find_least(quantity: str, where: Mapping[str, object] | None = None) -> Find:
    """The lowest of the medians in an experiment's data, of rows with the values ``where`` by column."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        medians = _take_medians(data, quantity, where)
        if medians.empty:
            return NOTHING
        return take_columns(medians.loc[medians[quantity].astype(float).idxmin()], quantity)

    return find


def find_excess(quantity: str, over: str, end: int, where: Mapping[str, object] | None = None) -> Find:
    """How many times more the smallest (end 0) or largest (end -1) setting takes than the cheapest.

    What runs of it had spent is a bound where too few of them got there. Where it is the cheapest itself,
    a setting beyond it may be cheaper still: 1 or more.
    """

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        least, rows = find_least(quantity, where)(module, data), _take_rows(data, where)
        medians = rows[rows["kind"] == "median"].sort_values(over)
        if not least.n:
            return NOTHING
        edge = take_columns(medians.iloc[end], quantity)
        if np.isnan(edge.value):
            runs = rows[(rows["kind"] == "run") & (rows[over] == medians[over].iloc[end])]
            spent = float(runs[quantity].astype(float).min())
            return Finding(np.nan, spent / least.high, np.nan, edge.n)
        return Finding(1.0, 1.0, np.nan, edge.n) if edge == least else divide(edge, least)

    return find


def _take_rows(data: pd.DataFrame, where: Mapping[str, object] | None) -> pd.DataFrame:
    rows = data
    for column, value in (where or {}).items():
        rows = rows[rows[column] == value]
    return rows


def _take_medians(data: pd.DataFrame, quantity: str, where: Mapping[str, object] | None) -> pd.DataFrame:
    rows = _take_rows(data, where)
    return rows[rows["kind"] == "median"].dropna(subset=[quantity])


# Of the study's own experiments.


def find_saving(quantity: str, hidden: int) -> Find:
    """How many times less ``largest`` takes than plain, in its cell that saves most writes."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        best = module.best_savings(data).query("label == 'largest(f)'").set_index("hidden")
        return take_columns(best.loc[hidden], quantity) if hidden in best.index else NOTHING

    return find


def find_trend(quantity: str) -> Find:
    """The saving of paths in the largest network over that in the smallest."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        rows = data[data["kind"] == "saving"].sort_values("hidden").dropna(subset=[quantity])
        if len(rows) < 2 or not np.isfinite(float(rows[f"{quantity} high"].iloc[0])):
            return NOTHING
        return divide(take_columns(rows.iloc[-1], quantity), take_columns(rows.iloc[0], quantity))

    return find


def find_growth(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times more writes a subnet takes in a network that is ten times as large."""
    law = take(module.exponents(data), "m0")
    return Finding(10**law.value, 10**law.low, 10**law.high, law.n)


def find_fewest(module: ModuleType, data: pd.DataFrame) -> Finding:
    """The fewest writes of any network and rule of the comparison."""
    course = data[(data["panel"] == "course") & data["converged"].eq(True)]
    ends = course.groupby(["network", "rule", "seed"], sort=False)["m0"].last().astype(float)
    cells = ends.groupby(["network", "rule"], sort=False)
    if ends.empty:
        return NOTHING
    return take_estimate(estimate_median(cells.get_group(cells.median().idxmin())))


def find_least_inefficiency(module: ModuleType, data: pd.DataFrame) -> Finding:
    """M1 over its minimum, at the accuracy where it is lowest."""
    table = module.inefficiencies(data)
    return take(table, table["value"].idxmin()) if len(table) else NOTHING


def find_errors(rule: str) -> Find:
    """Errors at the best accuracy within so many samples over those of plain learning."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        table = module.best_accuracies(data)
        gain, plain = take(table, rule), 100 * (1 - table.loc["plain", "test"])
        value, most, least = (1 - part / plain for part in (gain.value, gain.low, gain.high))
        return Finding(value, least, most, gain.n)

    return find


def find_bend(module: ModuleType, data: pd.DataFrame) -> Finding:
    """Slope of ln(M1) against accuracy where accuracy is high over that where it is low."""
    table = module.growth(data).filter(like="m1", axis=0)
    low, high = (
        take(np.log(table[["value", "low", "high"]]).assign(n=table["n"]), row) for row in table.index
    )
    return divide(high, low)


def find_inefficiency(load: float) -> Find:
    """Inefficiency of the perceptron at so many patterns an input."""
    return lambda module, data: take_estimate(module.find_inefficiency(data, load)[0])


def find_divergence(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times more inefficient a perceptron is near its capacity of 2 than at half of it."""
    near, half = (find_inefficiency(load)(module, data) for load in (1.9, 1.0))
    return divide(near, half) if near.n and half.n else NOTHING


def find_gain(label: str) -> Find:
    """How many times longer flies live than with the better memory alone, at the harm of the source."""
    return lambda module, data: take_estimate(module.find_gain(data, label, 0.05))
