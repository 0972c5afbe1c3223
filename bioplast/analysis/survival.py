"""What part of a saving survives from one network to the next that differs in one thing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bioplast.analysis.interval import name_columns


def compute_survival(data: pd.DataFrame, plain: str, first: str) -> pd.DataFrame:
    """A row a rung and restriction: its median saving in M0, and what part that is of others'.

    Parameters
    ----------
    data : columns ``kind`` (run or median), ``rung``, ``base``, the name of the rung that it stands on,
        ``label``, ``reached``, ``n``, and ``m0 saving`` with the ends of its interval
    plain : the label that nothing is saved with
    first : the rung that everything is also compared with

    Returns
    -------
    survival : columns ``rung``, ``base``, ``label``, ``reached``, ``n``, ``saving``, ``low``, ``high``,
        ``kept``, the part of the saving on the base, and ``left``, that of the saving on the ``first``; nan
        where a median is not known
    """
    medians = data[(data["kind"] == "median") & (data["label"] != plain)]
    rows = medians[["rung", "base", "label", "reached", "n"]].copy()
    rows[["saving", "low", "high"]] = medians[name_columns(["m0 saving"])].astype(float)
    known = rows.set_index(["rung", "label"])["saving"]
    for column, bases in (("kept", rows["base"]), ("left", [first] * len(rows))):
        found = known.reindex(pd.MultiIndex.from_arrays([bases, rows["label"]]))
        rows[column] = rows["saving"].to_numpy() / found.to_numpy()
    return rows.reset_index(drop=True)


def say_survival(name: str, rows: pd.DataFrame) -> str:
    """A sentence on one rung, from its rows of ``compute_survival``.

    >>> row = {"label": "local", "reached": 5, "n": 5, "saving": 4.0, "low": 3.0, "high": 6.0, "kept": 0.5}
    >>> say_survival("spikes", pd.DataFrame([row]))
    'spikes: local 4 (3 to 6; 5 of 5, 50 %).'
    """
    return f"{name}: {', '.join(_say(row) for _, row in rows.iterrows())}."


def _say(row: pd.Series[Any]) -> str:
    counts = f"{row['reached']} of {row['n']}"
    if pd.isna(row["saving"]):
        bounds = [f"at least {row['low']:.2g}"] if row["low"] > 0 else []
        bounds += [f"at most {row['high']:.2g}"] if row["high"] < float("inf") else []
        return f"{row['label']} {' and '.join(bounds) or 'not known'} ({counts})"
    high = f"{row['high']:.2g}" if row["high"] < float("inf") else "no bound"
    span = f"{row['low']:.2g} to {high}; " if pd.notna(row["low"]) else ""
    kept = f", {100 * row['kept']:.0f} %" if pd.notna(row["kept"]) else ""
    return f"{row['label']} {row['saving']:.2g} ({span}{counts}{kept})"
