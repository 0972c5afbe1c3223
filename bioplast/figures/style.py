"""One look for every figure: sizes of a printed page, safe colors, the same bytes for the same numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bioplast.errors import RequestError

SINGLE_COLUMN_MM = 85.0
DOUBLE_COLUMN_MM = 174.0
FORMATS = ("pdf", "png", "svg")

# Okabe & Ito 2008, "Color universal design": told apart with any common color blindness.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GRAY = "#777777"
COLORS = (BLACK, ORANGE, BLUE, GREEN, PURPLE, VERMILLION, SKY_BLUE)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so every machine draws the same
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.0,
    "lines.markersize": 4.0,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,  # TrueType inside the file: text stays text
    "svg.fonttype": "path",
    "svg.hashsalt": "bioplast",  # element names that do not differ from run to run
}

# Dates are left out so that the same numbers give the same bytes.
_METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "ModDate": None},
    "png": {},
    "svg": {"Date": None},
}


@dataclass(frozen=True)
class Look:
    """How one kind of run is drawn: color and marker together, so that gray print works too."""

    color: str
    marker: str


def make_looks(labels: Iterable[str]) -> dict[str, Look]:
    """A look of its own for each label, in their order.

    Raises
    ------
    ValueError : more labels than there are colors to tell apart
    """
    names = list(dict.fromkeys(labels))
    if len(names) > len(COLORS):
        raise ValueError(f"make_looks: at most {len(COLORS)} labels can be told apart, got {len(names)}")
    return {name: Look(*look) for name, look in zip(names, zip(COLORS, MARKERS, strict=True), strict=False)}


@contextmanager
def use_style() -> Iterator[None]:
    """Draw and save in the project's style inside the block."""
    with matplotlib.rc_context(STYLE):
        yield


class Page(Figure):
    """A figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        with use_style():
            self.savefig(content, format="png", dpi=2 * STYLE["figure.dpi"])
        return content.getvalue()


def make_figure(width_mm: float, height_mm: float) -> Figure:
    """An empty figure of a size on paper; no window is ever opened."""
    return Page(figsize=(width_mm / 25.4, height_mm / 25.4), layout="constrained")


def make_part(figure: Figure) -> SubFigure:
    """All of ``figure`` below its headline: where axes go that a legend stands above."""
    return figure.add_subfigure(figure.add_gridspec(1, 1)[0])


def label_panel(ax: Axes, letter: str) -> None:
    """Write the panel's letter above its left corner."""
    ax.set_title(letter, loc="left", fontweight="bold")


def save_as(figure: Figure, path: Path) -> None:
    """Write the figure to one file, in the format that its name ends in.

    Raises
    ------
    RequestError : it cannot be written
    """
    form = path.suffix.removeprefix(".")
    try:
        with use_style():
            figure.savefig(path, format=form, metadata=_METADATA[form])
    except OSError as error:
        raise RequestError(f"out: cannot write to {path}: {error.strerror}") from None


def save_figure(figure: Figure, folder: Path, stem: str = "figure") -> list[Path]:
    """Write the figure in every format of ``FORMATS``; call inside ``use_style``.

    Returns
    -------
    paths : the files written
    """
    paths = []
    for form in FORMATS:
        path = folder / f"{stem}.{form}"
        figure.savefig(path, format=form, metadata=_METADATA[form])
        figure.set_layout_engine("none")  # placed once, and the same in every format
        paths.append(path)
    return paths
