"""Pieces of HTML for notebooks: escaped, and without a style of their own but alignment."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence


def make_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; the first column to the left, the others to the right.

    >>> make_table(["a"], [["<x>"]])
    '<table><tr><th>a</th></tr><tr><td style="text-align:left">&lt;x&gt;</td></tr></table>'
    """
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{_make_cells(row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def make_facts(facts: Mapping[str, object]) -> str:
    """Names and values, a row each."""
    rows = "".join(
        f'<tr><th style="text-align:left">{html.escape(name)}</th>'
        f'<td style="text-align:left">{html.escape(str(value))}</td></tr>'
        for name, value in facts.items()
    )
    return f"<table>{rows}</table>"


def make_title(title: str, message: str = "") -> str:
    """A bold line, and one below it."""
    below = f"<div>{html.escape(message)}</div>" if message else ""
    return f"<div><b>{html.escape(title)}</b></div>{below}"


def _make_cells(row: Sequence[object]) -> str:
    first, *others = (html.escape(str(cell)) for cell in row)
    return f'<td style="text-align:left">{first}</td>' + "".join(f"<td>{cell}</td>" for cell in others)
