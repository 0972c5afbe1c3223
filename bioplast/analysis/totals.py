"""Signalling and plasticity together, by the price of a write."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def compare_totals(runs: pd.DataFrame, prices: ArrayLike) -> pd.DataFrame:
    """What each run costs relative to plain learning on the same seed, by the price of a write.

    Parameters
    ----------
    runs : one row a run with the columns ``label``, ``rule``, ``seed``, ``m0`` and ``spent``, what signalling
        cost; runs without a plain one on their seed are passed over
    prices : (n,), of a write, in the unit of ``spent``

    Returns
    -------
    totals : columns ``panel``, ``label``, ``rule``, ``seed``, ``price`` and ``total``. Panel ``total`` has a
        row a price; panel ``paying`` holds the price from which on a rule costs less than plain.
    """
    rows: list[dict[str, Any]] = []
    for _, plain in runs[runs["label"] == "plain"].iterrows():
        for _, run in runs[runs["seed"] == plain["seed"]].iterrows():
            name = {field: run[field] for field in ("label", "rule", "seed")}
            for price in np.asarray(prices).tolist():
                total = (run["spent"] + price * run["m0"]) / (plain["spent"] + price * plain["m0"])
                rows.append(name | {"panel": "total", "price": price, "total": total})
            if run["label"] != "plain":
                rows.append(name | {"panel": "paying", "price": find_paying_price(run, plain)})
    return pd.DataFrame(rows, columns=["panel", "label", "rule", "seed", "price", "total"])


def find_paying_price(run: Mapping[str, Any], plain: Mapping[str, Any]) -> float:
    """The price of a write above which ``run`` costs less than ``plain``; nan if it writes no less.

    Both have ``spent``, what signalling cost, and ``m0``.

    >>> find_paying_price({"spent": 30, "m0": 1}, {"spent": 10, "m0": 5})
    5.0
    """
    saved = plain["m0"] - run["m0"]
    return max(0.0, (run["spent"] - plain["spent"]) / saved) if saved > 0 else math.nan
