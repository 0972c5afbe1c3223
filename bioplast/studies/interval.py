"""Values with their intervals in the columns of a table: ``X``, ``X low`` and ``X high``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

ENDS = ("", " low", " high")


def name_columns(quantities: Sequence[str]) -> list[str]:
    """The columns of each quantity: its value and the two ends of its interval.

    >>> name_columns(["m0"])
    ['m0', 'm0 low', 'm0 high']
    """
    return [f"{quantity}{end}" for quantity in quantities for end in ENDS]


def spread(quantity: str, value: float, low: float, high: float) -> dict[str, float]:
    """A value and the ends of its interval as the columns of ``quantity``."""
    return dict(zip(name_columns([quantity]), (value, low, high), strict=True))


def unfold(row: pd.Series[Any], quantities: Sequence[str]) -> pd.DataFrame:
    """A row with such columns as a table: a row a quantity with ``value``, ``low`` and ``high``."""
    values = {name: [float(row[column]) for column in name_columns([name])] for name in quantities}
    return pd.DataFrame.from_dict(values, orient="index", columns=["value", "low", "high"])


def say(row: pd.Series[Any], form: str = ".3g") -> str:
    """A row of ``unfold`` in words; the interval is left out where it is not known.

    >>> say(pd.Series({"value": 1.0, "low": 0.5, "high": 1.5}), ".1f")
    '1.0 (0.5 to 1.5)'
    """
    text = f"{row['value']:{form}}"
    if row[["low", "high"]].isna().any():
        return text
    return f"{text} ({row['low']:{form}} to {row['high']:{form}})"
