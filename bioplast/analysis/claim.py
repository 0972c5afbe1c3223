"""A claim of the literature and the numbers that it stands or falls with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pandas as pd

from bioplast.analysis.columns import format_cell
from bioplast.analysis.statistics import Estimate, compute_coverage
from bioplast.analysis.verdict import NOTHING, REFUTED, REPRODUCED, Expectation, Finding, judge


@dataclass(frozen=True)
class Part:
    """A number that a claim stands or falls with.

    Attributes
    ----------
    quantity : what is measured, in words
    claimed : the number that was claimed, in whose unit the measured one is drawn
    expected : values with which the claim would be right; None if what was claimed is not defined
    experiment : whose numbers show it; empty where it is not measured
    find : gives the number, from the experiment's file and what its ``analyse`` returned
    differs : in what the network, loss, task or goal that it is measured with differ from the source's;
        empty where they do not
    lacking : why it is not measured
    """

    quantity: str
    claimed: float
    expected: Expectation | None
    experiment: str = ""
    find: Callable[[ModuleType, pd.DataFrame], Finding] = lambda module, data: NOTHING
    differs: str = ""
    lacking: str = ""


@dataclass(frozen=True, init=False)
class Claim:
    """A claim of the literature, made of its text, its source and its parts.

    Attributes
    ----------
    text : what was claimed
    source : where
    parts : the numbers it stands or falls with; without any it cannot be decided
    """

    text: str
    source: str
    parts: tuple[Part, ...]

    def __init__(self, text: str, source: str, *parts: Part) -> None:
        for name, value in (("text", text), ("source", source), ("parts", parts)):
            object.__setattr__(self, name, value)


Find = Callable[[ModuleType, pd.DataFrame], Finding]


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
    """How many times more the smallest (end 0) or largest (end -1) setting takes than the cheapest."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        medians = _take_medians(data, quantity, where).sort_values(over)
        if medians.empty:
            return NOTHING
        least, edge = find_least(quantity, where)(module, data), take_columns(medians.iloc[end], quantity)
        return Finding(1.0, 1.0, 1.0, edge.n) if edge == least else divide(edge, least)

    return find


def _take_medians(data: pd.DataFrame, quantity: str, where: Mapping[str, object] | None) -> pd.DataFrame:
    rows = data[data["kind"] == "median"]
    for column, value in (where or {}).items():
        rows = rows[rows[column] == value]
    return rows.dropna(subset=[quantity])


def assess(name: str, part: Part, finding: Finding) -> dict[str, Any]:
    """What was claimed, what was found, and the verdict, as a row; ``shown`` is measured over claimed.

    ``chance`` is the probability that the interval alone decides, if the true value stood at an end of the
    range that was claimed: what it does not cover. Of a number that decides nothing it is 0.
    """
    judgement = judge(finding, part.expected, part.differs)
    decides = judgement.verdict in (REPRODUCED, REFUTED)
    coverage = compute_coverage(finding.n)
    reason = part.lacking or judgement.reason
    row: dict[str, Any] = {"name": name, "quantity": part.quantity, "claimed": part.claimed}
    ends = (math.nan, math.nan) if part.expected is None else (part.expected.low, part.expected.high)
    row |= dict(zip(("expected low", "expected high"), ends, strict=True))
    found = {"": finding.value, " low": finding.low, " high": finding.high}
    row |= {f"measured{end}": value for end, value in found.items()} | {"n": finding.n}
    row |= {f"shown{end}": value / part.claimed for end, value in found.items()}
    row |= {f"agrees {end}": row[f"expected {end}"] / part.claimed for end in ("low", "high")}
    row |= {"coverage": coverage, "chance": (1 - coverage) * decides}
    return row | {"said": _say(finding), "verdict": judgement.verdict, "reason": reason}


def _say(finding: Finding) -> str:
    if not finding.n:
        return "-"
    if math.isnan(finding.value):
        return f"[{format_cell(finding.low)}, {format_cell(finding.high)}] n = {finding.n}"
    value, low, high = (format_cell(number) for number in (finding.value, finding.low, finding.high))
    if math.isnan(finding.high):
        interval = "" if math.isnan(finding.low) else f" [at least {low}]"
    else:
        interval = f" [at most {high}]" if math.isnan(finding.low) else f" [{low}, {high}]"
    return f"{value}{interval} n = {finding.n}"
