"""A claim of the literature and the numbers that it stands or falls with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pandas as pd

from bioplast.analysis.columns import format_cell
from bioplast.analysis.statistics import compute_coverage
from bioplast.analysis.verdict import NOTHING, REFUTED, REPRODUCED, Expectation, Finding, judge

Find = Callable[[ModuleType, pd.DataFrame], Finding]


@dataclass(frozen=True)
class Part:
    """A number that a claim stands or falls with.

    Attributes
    ----------
    quantity : what is measured, in words
    claimed : the number that was claimed, in whose unit the measured one is drawn
    expected : values with which the claim would be right; None if what was claimed is not defined
    experiment : whose numbers show it; empty where it is not measured
    find : gives the number, from the experiment's file and what its ``analyze`` returned
    differs : in what the network, loss, task or goal that it is measured with differ from the source's;
        empty where they do not
    lacking : why it is not measured
    """

    quantity: str
    claimed: float
    expected: Expectation | None
    experiment: str = ""
    find: Find = lambda module, data: NOTHING
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


def assess(name: str, part: Part, finding: Finding) -> dict[str, Any]:
    """What was claimed, what was found, and the verdict, as a row; ``shown`` is measured over claimed.

    ``chance`` is the probability that the interval alone decides, if the true value stood at an end of the
    range that was claimed: what it does not cover. Of a number that decides nothing it is 0.
    """
    judgment = judge(finding, part.expected, part.differs)
    decides = judgment.verdict in (REPRODUCED, REFUTED)
    coverage = compute_coverage(finding.n)
    reason = part.lacking or judgment.reason
    row: dict[str, Any] = {"name": name, "quantity": part.quantity, "claimed": part.claimed}
    ends = (math.nan, math.nan) if part.expected is None else (part.expected.low, part.expected.high)
    row |= dict(zip(("expected low", "expected high"), ends, strict=True))
    found = {"": finding.value, " low": finding.low, " high": finding.high}
    row |= {f"measured{end}": value for end, value in found.items()} | {"n": finding.n}
    row |= {f"shown{end}": value / part.claimed for end, value in found.items()}
    row |= {f"agrees {end}": row[f"expected {end}"] / part.claimed for end in ("low", "high")}
    row |= {"coverage": coverage, "chance": (1 - coverage) * decides}
    return row | {"said": _say(finding), "verdict": judgment.verdict, "reason": reason}


def _say(finding: Finding) -> str:
    if not finding.n:
        return "-"
    value, low, high = (format_cell(number) for number in (finding.value, finding.low, finding.high))
    if math.isnan(finding.high):
        interval = "" if math.isnan(finding.low) else f"[at least {low}]"
    else:
        interval = f"[at most {high}]" if math.isnan(finding.low) else f"[{low}, {high}]"
    said = ("" if math.isnan(finding.value) else value, interval, f"n = {finding.n}")
    return " ".join(word for word in said if word)
