"""What learning costs in three networks, as in ``compare``, on pictures of clothes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bioplast.loading import load_module
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.tasks.fashion import NAME

# Networks, rules and their settings are those that were tuned on MNIST.
_COMPARE = load_module("experiment", "compare", Path(__file__).parents[1])

GOAL = 0.82  # what every rule reaches in every network
CELLS = [tuned.cell for tuned in _COMPARE.TUNED.values()]
GRID = Grid(cells=CELLS, hidden=_COMPARE.HIDDEN, task=NAME, goal=GOAL, seeds=5)
QUICK = Grid(cells=CELLS, hidden=_COMPARE.HIDDEN, task=NAME, goal=0.75, max_samples=10_000)

CAPTION = f"""
Fashion-MNIST, with the settings that were tuned on MNIST.

{_COMPARE.CAPTION.strip()}
"""


def headline(data: pd.DataFrame) -> str:
    """That of the comparison, of these images."""
    said = _COMPARE.headline(data)
    return f"Clothes: {said[0].lower()}{said[1:]}" if said else ""


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=_COMPARE.analyze,
    summarize=_COMPARE.summarize,
    describe=_COMPARE.describe,
    headline=headline,
    plot=_COMPARE.plot,
    caption=CAPTION,
)
