"""What a figure shows, in a sentence above it."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

SIZE = 9.5  # points
_LINE = 1.2 * SIZE  # from a line to the next
_MARGIN = 4.0  # points at the left, above and below
_LETTER = 0.56 * SIZE  # width of one, on average


def write_headline(figure: Figure, text: str) -> None:
    """Write ``text`` above all that is drawn; the figure grows by the lines that it takes.

    A legend outside of all axes must be that of a ``SubFigure``, which has a place below the headline.

    Parameters
    ----------
    figure : with a constrained layout, not yet saved
    text : a sentence; empty for none
    """
    if not text:
        return
    width, height = (72 * inches for inches in figure.get_size_inches())
    lines = textwrap.wrap(text, int((width - 2 * _MARGIN) / _LETTER))
    added = len(lines) * _LINE + 2 * _MARGIN
    figure.set_size_inches(width / 72, (height + added) / 72)
    figure.suptitle("\n".join(lines), x=_MARGIN / width, ha="left", size=SIZE, weight="bold")
