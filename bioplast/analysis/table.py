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
WIDE = 30  # a column wider than this is the first to be left out
_PADDING = 3  # between two columns


def make_rich_table(frame: pd.DataFrame, width: int | None = None) -> Table:
    """``frame`` as a table to print; numbers are rounded here and nowhere else.

    Columns ``X low`` and ``X high`` are the ends of an interval around ``X`` and go into its cells.

    Parameters
    ----------
    frame : what is printed
    width : of the terminal: what does not fit is left out and named below, wide columns first and then the
        last; all columns are there if it is None
    """
    names = _list_columns(frame)
    rows = list(_format_rows(frame, names))
    columns = {name: [row[number] for row in rows] for number, name in enumerate(names)}
    least = {name: max(map(_least_width, [name, *cells])) for name, cells in columns.items()}
    shown = list(names)
    while width is not None and len(shown) > 1 and sum(least[name] + _PADDING for name in shown) + 2 > width:
        widest = max(shown[1:], key=lambda name: least[name])
        shown.remove(widest if least[widest] > WIDE else shown[-1])
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), caption_justify="left")
    if len(shown) < len(names):
        table.caption = Text(f"also in table.csv: {', '.join(name for name in names if name not in shown)}")
    for name in shown:
        justify: Literal["left", "right"] = "left" if _is_text(frame[name]) else "right"
        is_long = any(len(cell) > LONGEST_LINE for cell in columns[name])
        table.add_column(
            Text(name), justify=justify, no_wrap=not is_long, max_width=LONGEST_LINE if is_long else None
        )
    for cells in zip(*(columns[name] for name in shown), strict=True):
        table.add_row(*map(Text, cells))  # a text in brackets is no markup
    return table


def _least_width(cell: str) -> int:
    """How narrow a cell may be: a long one is broken between words."""
    return len(cell) if len(cell) <= LONGEST_LINE else max(map(len, cell.split()))


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
