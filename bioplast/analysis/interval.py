"""Values with their intervals in tables.

What is measured of cells stands in columns ``X``, ``X low`` and ``X high``; what is concluded from many cells
(exponents, best settings) has a row each, with the columns ``quantity``, ``value``, ``low`` and ``high``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bioplast.analysis.statistics import Estimate

CONCLUSION = ("quantity", "value", "low", "high", "n")


def name_columns(quantities: Sequence[str]) -> list[str]:
    """The columns of each quantity: its value and the two ends of its interval.

    >>> name_columns(["m0"])
    ['m0', 'm0 low', 'm0 high']
    """
    return [f"{quantity}{end}" for quantity in quantities for end in ("", " low", " high")]


def spread(quantity: str, value: float, low: float, high: float) -> dict[str, float]:
    """A value and the ends of its interval as the columns of ``quantity``."""
    return dict(zip(name_columns([quantity]), (value, low, high), strict=True))


def spread_estimate(quantity: str, estimate: Estimate) -> dict[str, float]:
    """A median over seeds as the columns of ``quantity``."""
    return spread(quantity, estimate.median, estimate.low, estimate.high)


def unfold(row: pd.Series[Any], quantities: Sequence[str]) -> pd.DataFrame:
    """A row with such columns as a table: a row a quantity with ``value``, ``low`` and ``high``."""
    values = {name: [float(row[column]) for column in name_columns([name])] for name in quantities}
    return pd.DataFrame.from_dict(values, orient="index", columns=["value", "low", "high"])


def conclude(quantity: str, value: float, low: float, high: float, n: int) -> dict[str, Any]:
    """A conclusion about ``quantity`` as a row."""
    return dict(zip(CONCLUSION, (quantity, value, low, high, n), strict=True))


def conclude_median(quantity: str, estimate: Estimate) -> dict[str, Any]:
    """A median over seeds as a row."""
    return conclude(quantity, estimate.median, estimate.low, estimate.high, estimate.n)


def pick(data: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The conclusions of a ``kind`` by ``quantity``: ``value``, ``low``, ``high`` and ``n``."""
    rows = data[data["kind"] == kind].set_index("quantity")
    return rows[["value", "low", "high", "n"]].astype(float)


def say(row: pd.Series[Any], form: str = ".3g") -> str:
    """A conclusion in words; the interval is left out where it is not known.

    >>> say(pd.Series({"value": 1.0, "low": 0.5, "high": 1.5}), ".1f")
    '1.0 (0.5 to 1.5)'
    """
    if pd.isna(row["value"]):
        return "not known"
    text = f"{row['value']:{form}}"
    if row[["low", "high"]].isna().any():
        return text
    return f"{text} ({row['low']:{form}} to {row['high']:{form}})"


def say_each(table: pd.DataFrame, form: str = ".3g") -> str:
    """The conclusions of ``pick`` in words, with their quantities.

    >>> say_each(pd.DataFrame({"value": [2.0, 3.0], "low": None, "high": None}, index=["m0", "m1"]))
    'M0 2, M1 3'
    """
    names = {"m0": "M0", "m1": "M1"}
    return ", ".join(f"{names.get(str(name), name)} {say(row, form)}" for name, row in table.iterrows())
