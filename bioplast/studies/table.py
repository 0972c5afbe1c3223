"""A table of results in the terminal."""

from __future__ import annotations

import numbers
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table


def make_rich_table(frame: pd.DataFrame) -> Table:
    """``frame`` as a table to print; numbers are rounded here and nowhere else.

    Columns ``X low`` and ``X high`` are the ends of an interval around ``X`` and go into its cells.
    """
    names = [name for name in frame.columns if not name.endswith((" low", " high"))]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for name in names:
        is_text = frame[name].map(lambda value: isinstance(value, str)).any()
        table.add_column(name, justify="left" if is_text else "right", no_wrap=True)
    for _, row in frame.iterrows():
        table.add_row(*(_format_with_interval(row, name) for name in names))
    return table


def _format_with_interval(row: pd.Series[Any], name: str) -> str:
    text = format_cell(row[name])
    ends = [format_cell(row.get(f"{name} {end}")) for end in ("low", "high")]
    return text if "-" in ends else f"{text} [{', '.join(ends)}]"


def format_cell(value: object) -> str:
    """A value with three digits that mean something; a missing one as a dash.

    >>> [format_cell(value) for value in (40000, 2.86e9, 0.9512, 5.123, None, "plain")]
    ['40,000', '2.86e+09', '0.951', '5.12', '-', 'plain']
    """
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "-"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    number = float(value)
    if abs(number) >= 1e6:
        return f"{number:.2e}"
    return f"{number:,.0f}" if number.is_integer() or abs(number) >= 1000 else f"{number:.3g}"
