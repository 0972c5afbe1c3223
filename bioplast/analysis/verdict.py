"""Whether a claim stands: a stated rule from numbers to verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

REPRODUCED, REFUTED, UNDECIDED = "reproduced", "refuted", "cannot be decided"
OTHER = "other set-up"
VERDICTS = (REPRODUCED, UNDECIDED, OTHER, REFUTED)


@dataclass(frozen=True)
class Finding:
    """What was measured.

    Attributes
    ----------
    value : nan where nothing was, or where it is known only to lie between ``low`` and ``high``
    low, high : ends of its interval; nan where they are not known
    n : number of values it rests on; how often such an interval holds what it is of is
        ``bioplast.analysis.statistics.compute_coverage``
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
class Judgment:
    """A verdict and, in a few words, why it is that one."""

    verdict: str
    reason: str


def judge(finding: Finding, expectation: Expectation | None, differs: str = "") -> Judgment:
    """Reproduced if the whole interval agrees with the claim, refuted if none of it does.

    What was measured in another set-up than the claim was made of (``differs`` says in what) is shown beside
    it and decides nothing. An end that is not known may be anywhere. Anything else cannot be decided: the
    interval has an end of the range in it, neither of its own is known, nothing was measured, or
    (``expectation`` is None) the source's definition of what was claimed is not known.
    """
    if expectation is None:
        return Judgment(UNDECIDED, "the source's definition is not known")
    if finding.n == 0:
        return Judgment(UNDECIDED, "nothing was measured")
    if differs:
        return Judgment(OTHER, f"ours: {differs}")
    if math.isnan(finding.low) and math.isnan(finding.high):
        return Judgment(UNDECIDED, "no interval is known")
    low = -math.inf if math.isnan(finding.low) else finding.low
    high = math.inf if math.isnan(finding.high) else finding.high
    if low >= expectation.low and high <= expectation.high:
        return Judgment(REPRODUCED, "the interval lies inside the range")
    if high < expectation.low or low > expectation.high:
        side = "below" if high < expectation.low else "above"
        return Judgment(REFUTED, f"the interval lies {side} the range")
    return Judgment(UNDECIDED, "the interval has an end of the range in it")


def join_verdicts(verdicts: Iterable[str]) -> str:
    """The verdict on a claim of several parts: refuted if one is, reproduced if all are.

    Parts that were measured in another set-up count only where there are no others.

    >>> join_verdicts(["reproduced", "cannot be decided"]), join_verdicts(["reproduced", "other set-up"])
    ('cannot be decided', 'reproduced')
    """
    found = set(verdicts)
    if found == {OTHER}:
        return OTHER
    found.discard(OTHER)
    if REFUTED in found:
        return REFUTED
    return REPRODUCED if found == {REPRODUCED} else UNDECIDED
