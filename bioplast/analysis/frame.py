"""Finished runs as tables: one row a run, or one row an evaluation."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bioplast.changes import format_changes
from bioplast.sizes import format_hidden
from bioplast.training.record import Run

_PLAIN = (
    "model",
    "rule",
    "seed",
    "hidden",
    "task",
    "protocol",
    "encoding",
    "goal",
    "samples",
    "converged",
    "diverged",
    "images_per_second",
    "key",
)
_NESTED = ("accuracy", "energy", "signalling")
RUN_NAMES = ("model", "rule", "seed")  # and options


def make_run_frame(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per run: its names, then accuracies, energies and signalling counts.

    The columns are those of the record's JSON line, and ``options``; ``accuracy`` becomes ``online``,
    ``validation`` and ``test``. Energies of single layers are left out, and a value the record lacks is
    empty.
    """
    rows = []
    for run in runs:
        record = run.record
        row = {name: record.get(name) for name in _PLAIN} | {"options": name_options(run)}
        if isinstance(row["hidden"], list):
            row["hidden"] = format_hidden(row["hidden"])
        for group in _NESTED:
            row |= {
                name: value for name, value in record.get(group, {}).items() if not isinstance(value, dict)
            }
        rows.append(row)
    return pd.DataFrame(rows)


def make_trace_frame(runs: Iterable[Run]) -> pd.DataFrame:
    """One row per evaluation of every run: model, rule, seed and options, then the columns of its trace."""
    rows = []
    for run in runs:
        names = {name: run.record[name] for name in RUN_NAMES} | {"options": name_options(run)}
        rows += [names | dict(row) for row in run.trace]
    return pd.DataFrame(rows)


def name_options(run: Run) -> str:
    """The options of a run as one text, ``feedback=random, p_input=0.1``; empty if it has none."""
    return format_changes(run.record.get("config", {}).get("options", {}))
