"""Cells and columns of text, for tables in the terminal and in files; needs no pandas, so it starts fast."""

from __future__ import annotations

import numbers
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def format_cell(value: object) -> str:
    """A value with three digits that mean something; a missing one as a dash.

    >>> [format_cell(value) for value in (40000, 2.86e9, 0.9512, 5.123, None, "plain")]
    ['40,000', '2.86e+09', '0.951', '5.12', '-', 'plain']
    """
    if value is None or (isinstance(value, float) and value != value):
        return "-"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    try:
        number = float(value)
    except OverflowError:  # a whole number beyond all floats
        return str(value)
    if abs(number) >= 1e6:
        return f"{number:.2e}"
    return f"{number:,.0f}" if number.is_integer() or abs(number) >= 1000 else f"{number:.3g}"


def format_columns(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line of names, then a line a row; columns in which no row has anything are left out.

    >>> print(*format_columns([{"model": "ann", "m0": 12}, {"model": "spiking", "m0": 4000}]), sep=chr(10))
    model       m0
    ann         12
    spiking  4,000
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    names = [name for name in names if any(row.get(name) is not None for row in rows)]
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        cells = [name, *map(format_cell, values)]
        width = max(map(len, cells))
        is_text = any(isinstance(value, str) for value in values)
        columns.append([cell.ljust(width) if is_text else cell.rjust(width) for cell in cells])
    for line in zip(*columns, strict=True):
        yield "  ".join(line).rstrip()
