"""What a figure shows, in a sentence above it."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

SIZE = 9.5  # points
_LINE = 1.2 * SIZE  # from a line to the next
_MARGIN = 4.0  # points at the left, at the right, above and below


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
    font = FontProperties(size=SIZE, weight="bold")
    width, height = (72 * inches for inches in figure.get_size_inches())
    lines = break_lines(text, width - 2 * _MARGIN, font)
    added = len(lines) * _LINE + 2 * _MARGIN
    figure.set_size_inches(width / 72, (height + added) / 72)
    figure.suptitle("\n".join(lines), x=_MARGIN / width, ha="left", fontproperties=font)


def break_lines(text: str, width: float, font: FontProperties) -> list[str]:
    """``text`` in lines of at most ``width`` points; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        is_room = text_to_path.get_text_width_height_descent(longer, font, ismath=False)[0] <= width
        if is_room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
