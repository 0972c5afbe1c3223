"""A table of results in the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from bioplast.analysis.columns import format_cell

LONGEST_LINE = 60  # of a cell; a longer one is broken


def make_rich_table(frame: pd.DataFrame) -> Table:
    """``frame`` as a table to print; numbers are rounded here and nowhere else.

    Columns ``X low`` and ``X high`` are the ends of an interval around ``X`` and go into its cells.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    names = _list_columns(frame)
    for name in names:
        is_long = frame[name].map(lambda value: len(str(value))).max() > LONGEST_LINE
        justify: Literal["left", "right"] = "left" if _is_text(frame[name]) else "right"
        table.add_column(Text(name), justify=justify, no_wrap=not is_long)
    for cells in _format_rows(frame, names):
        table.add_row(*map(Text, cells))  # a text in brackets is no markup
    return table


def make_markdown(frame: pd.DataFrame) -> str:
    """The same as a table in Markdown.

    >>> print(make_markdown(pd.DataFrame({"rule": ["plain"], "m0": [7.36e8]})))
    | rule | m0 |
    |---|---:|
    | plain | 7.36e+08 |
    """
    names = _list_columns(frame)
    rule = ["---" if _is_text(frame[name]) else "---:" for name in names]
    body = [_make_line(cells) for cells in _format_rows(frame, names)]
    return "\n".join([_make_line(names), f"|{'|'.join(rule)}|", *body])


def _make_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _list_columns(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if not name.endswith((" low", " high"))]


def _is_text(column: pd.Series[Any]) -> bool:
    return bool(column.map(lambda value: isinstance(value, str)).any())


def _format_rows(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[list[str]]:
    present = frame.astype(object).where(frame.notna(), None)
    for _, row in present.iterrows():
        yield [_format_with_interval(row, name) for name in names]


def _format_with_interval(row: pd.Series[Any], name: str) -> str:
    text = format_cell(row[name])
    ends = [format_cell(row.get(f"{name} {end}")) for end in ("low", "high")]
    return text if "-" in (text, *ends) else f"{text} [{', '.join(ends)}]"
