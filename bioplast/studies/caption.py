"""The words under a figure: what was fixed, how many seeds, and which runs are missing or gave up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from bioplast.analysis.frame import make_run_frame
from bioplast.studies.jobs import Failure, name_run
from bioplast.training.record import Run

MOST_NAMED = 6  # combinations that a sentence names
CELL = ["model", "rule", "options"]  # what runs differ in beside their seed


def fill_caption(
    template: str,
    runs: Sequence[Run],
    failures: Sequence[Failure],
    more: Mapping[str, str] | None = None,
) -> str:
    """Fill a caption's fields from the runs that were drawn, and those of ``more``.

    Paragraphs are set apart by an empty line and come out as one line each.
    Fields: ``{task}``, ``{goal}``, ``{encoding}``, ``{hidden}``, ``{rules}``, ``{seeds}`` and
    ``{missing}``, a sentence on the runs that did not reach the goal or could not be carried out; without
    runs, only the last. Of more than ``MOST_NAMED`` combinations it gives the number.
    """
    missing = [*map(_describe_failure, failures)]
    fields: dict[str, str] = {}
    if runs:
        frame = make_run_frame(runs)
        missing.insert(0, _describe_unfinished(frame))
        fields = {
            "task": _join(frame["task"]),
            "goal": _join(f"{100 * run.record['goal']:g} %" for run in runs),
            "encoding": _join(frame["encoding"]),
            "hidden": _by_model(frame, "hidden"),
            "rules": _by_model(frame, "rule"),
            "seeds": _count_seeds(frame),
        }
    text = template.format(**fields, missing=" ".join(missing), **(more or {}))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _join(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values))


def _by_model(frame: pd.DataFrame, column: str) -> str:
    """``100 (ann, rate); 200 (spiking)``: models with the same values share an entry."""
    models: dict[str, list[str]] = {}
    for model, runs in frame.groupby("model", sort=False):
        models.setdefault(_join(runs[column]), []).append(str(model))
    return "; ".join(f"{values} ({', '.join(names)})" for values, names in models.items())


def _count_seeds(frame: pd.DataFrame) -> str:
    counts = frame.groupby(CELL, sort=False)["seed"].nunique()
    low, high = int(counts.min()), int(counts.max())
    if low == high:
        return f"n = {low} seed{'s' * (low > 1)}"
    return f"n = {low} to {high} seeds"


def _describe_unfinished(frame: pd.DataFrame) -> str:
    cells = frame.groupby(CELL, sort=False)
    gave_up = _list_cells(cells, lambda runs: ~runs["converged"].astype(bool) & ~_diverged(runs))
    diverged = _list_cells(cells, _diverged)
    if not gave_up and not diverged:
        return "Every run reached the goal."
    sentences = []
    if gave_up:
        sentences.append(f"Did not reach the goal: {gave_up}.")
    if diverged:
        sentences.append(f"Weights became NaN: {diverged}.")
    return " ".join(sentences)


def _diverged(runs: pd.DataFrame) -> pd.Series[bool]:
    return runs["diverged"].eq(True)


def _list_cells(
    cells: Iterable[tuple[object, pd.DataFrame]], is_hit: Callable[[pd.DataFrame], pd.Series[bool]]
) -> str:
    entries, n_cells, n_missing, n_runs = [], 0, 0, 0
    for _, runs in cells:
        n_cells += 1
        n_runs += len(runs)
        n_hits = int(is_hit(runs).sum())
        if n_hits:
            first = runs.iloc[0]
            name = " with ".join(first[part] for part in CELL if first[part])
            entries.append(f"{name} ({n_hits} of {len(runs)})")
            n_missing += n_hits
    if len(entries) > MOST_NAMED:
        return f"{n_missing} of {n_runs} runs, in {len(entries)} of {n_cells} combinations (see the table)"
    return "; ".join(entries)


def _describe_failure(failure: Failure) -> str:
    return f"Not carried out: {name_run(failure.config)} ({failure.reason})."
