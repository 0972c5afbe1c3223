"""Whether a claim stands: a stated rule from numbers to verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

REPRODUCED, REFUTED, UNDECIDED = "reproduced", "refuted", "cannot be decided"
VERDICTS = (REPRODUCED, UNDECIDED, REFUTED)


@dataclass(frozen=True)
class Finding:
    """What was measured.

    Attributes
    ----------
    value : nan where nothing was
    low, high : ends of its 95 % interval; nan where they are not known
    n : number of values it rests on
    """

    value: float
    low: float
    high: float
    n: int


NOTHING = Finding(math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True)
class Expectation:
    """The values with which a claim would be right, ends included.

    Attributes
    ----------
    low, high : infinite where there is no end

    Raises
    ------
    ValueError : the ends are the wrong way round
    """

    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"Expectation: low must not be above high, got {self.low} and {self.high}")

    @classmethod
    def about(cls, value: float, factor: float) -> Expectation:
        """Within a factor of a positive value."""
        return cls(value / factor, value * factor)


@dataclass(frozen=True)
class Judgement:
    """A verdict and, in a few words, why it is that one."""

    verdict: str
    reason: str


def judge(finding: Finding, expectation: Expectation | None) -> Judgement:
    """Reproduced if the whole interval agrees with the claim, refuted if none of it does.

    An end that is not known may be anywhere. Anything else cannot be decided: the interval has an end of the
    range in it, neither of its own is known, nothing was measured, or (``expectation`` is None) the source's
    definition of what was claimed is not known.
    """
    if expectation is None:
        return Judgement(UNDECIDED, "the source's definition is not known")
    if math.isnan(finding.value):
        return Judgement(UNDECIDED, "nothing was measured")
    if math.isnan(finding.low) and math.isnan(finding.high):
        return Judgement(UNDECIDED, "no interval is known")
    low = -math.inf if math.isnan(finding.low) else finding.low
    high = math.inf if math.isnan(finding.high) else finding.high
    if low >= expectation.low and high <= expectation.high:
        return Judgement(REPRODUCED, "the interval lies inside the range")
    if high < expectation.low or low > expectation.high:
        side = "below" if high < expectation.low else "above"
        return Judgement(REFUTED, f"the interval lies {side} the range")
    return Judgement(UNDECIDED, "the interval has an end of the range in it")


def join_verdicts(verdicts: Iterable[str]) -> str:
    """The verdict on a claim of several parts: refuted if one is, reproduced if all are.

    >>> join_verdicts(["reproduced", "cannot be decided"])
    'cannot be decided'
    """
    found = set(verdicts)
    if REFUTED in found:
        return REFUTED
    return REPRODUCED if found == {REPRODUCED} else UNDECIDED
