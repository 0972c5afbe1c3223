"""The cheapest setting of each curve, and what is saved there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bioplast.analysis.cells import count_unreached_as_infinite
from bioplast.analysis.interval import spread
from bioplast.analysis.optimum import find_optimum
from bioplast.analysis.statistics import estimate_median


def find_cheapest(runs: pd.DataFrame, curves: Sequence[str], setting: str, energy: str) -> pd.DataFrame:
    """One row per curve.

    Parameters
    ----------
    runs : one row a run with the columns ``converged``, ``curves``, ``setting`` and ``energy``
    curves : columns that the runs of a curve share
    setting : column with what is varied along a curve
    energy : column with what a run spent, relative to plain learning's

    Returns
    -------
    cheapest : columns ``curves``; ``setting`` where the median is lowest, with the ends of its 95 % bootstrap
        interval; ``saving`` there, 1 / ``energy``, with its own; ``n``, the runs that it rests on; ``left``
        and ``right``, how many times more the smallest and the largest setting cost; ``is_inside``, whether
        both ends of the interval lie between them
    """
    rows = []
    for names, curve in runs.groupby(list(curves), sort=False):
        best = find_optimum(curve[setting], count_unreached_as_infinite(curve, energy))
        there = curve[(curve[setting] == best.place) & curve["converged"].astype(bool)]
        saving = estimate_median(1 / there[energy].astype(float))
        row: dict[str, Any] = dict(zip(curves, names, strict=True))
        row |= spread(setting, best.place, best.low, best.high)
        row |= spread("saving", saving.median, saving.low, saving.high) | {"n": saving.n}
        rows.append(row | {"left": best.left, "right": best.right, "is_inside": best.is_inside})
    return pd.DataFrame(rows)
