"""Rules side by side: accuracy in the course of learning, and what the goal took beside a baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.statistics import compute_savings
from bioplast.training.record import Run

QUANTITIES = ("m0", "m1", "samples")
COLUMNS = ("panel", "kind", "label", "task", "seed", "converged", "quantity", "saving", "test")
TRACED = ("samples", "online", "m0", "m1")


def compare_rules(runs: Sequence[Run], labels: Sequence[str], baselines: Mapping[str, str]) -> pd.DataFrame:
    """What is drawn of runs with several rules, by ``panel``; ``kind`` is run or median.

    ``course``: a row an evaluation; ``saving``: ``saving``, how many times less of ``quantity`` than the
    baseline of the same task and seed took to reach the goal; ``end``: ``test`` accuracy, a row a run.

    Parameters
    ----------
    labels : what each run is called
    baselines : what a label is compared with, for those that are
    """
    frame = make_run_frame(runs).assign(label=list(labels))
    kept = frame[["label", "task", "seed", "converged"]].to_dict("records")
    course = pd.DataFrame(
        [{**names, **row} for names, run in zip(kept, runs, strict=True) for row in run.trace]
    )
    savings = [frame.iloc[:0]]
    for label, baseline in baselines.items():
        pair = frame[frame["label"].isin([label, baseline])]
        pair = pair.assign(rule=pair["label"])
        for quantity in QUANTITIES:
            saved = compute_savings(pair, quantity, baseline=baseline, pairs=("task", "seed"))
            savings.append(pair.assign(quantity=quantity, saving=saved)[pair["label"] == label])
    saving = pd.concat([part for part in savings if len(part)] or savings)
    saving = saving.reindex(columns=[*saving.columns.union(["quantity", "saving"])]).dropna(subset=["saving"])
    medians = saving.groupby(["label", "quantity"], sort=False)["saving"].median().reset_index()
    parts = [
        course.assign(panel="course", kind="run"),
        saving.assign(panel="saving", kind="run"),
        medians.assign(panel="saving", kind="median"),
        frame.assign(panel="end", kind="run"),
    ]
    shown = [*COLUMNS, *TRACED]
    data = pd.concat([part.reindex(columns=shown).astype(object) for part in parts], ignore_index=True)
    return data.infer_objects().astype({"seed": "Int64"})


def find_savings(data: pd.DataFrame, label: str) -> pd.DataFrame:
    """How many times less than the baseline a rule took, by quantity: ``value``, ``low``, ``high``, ``n``.

    For ``samples`` 0.5 means twice as many.
    """
    rows = data[(data["panel"] == "saving") & (data["kind"] == "run") & (data["label"] == label)]
    return estimate_by(rows, "saving", "quantity")


def find_frugal(data: pd.DataFrame, labels: Iterable[str], least: float = 10) -> pd.Series[float] | None:
    """The rule that writes at least ``least`` times less than its baseline in the fewest trials.

    Parameters
    ----------
    data : what ``compare_rules`` returned
    labels : of the rules in question
    least : if none writes so much less, it is the one that writes least

    Returns
    -------
    found : named by its label, with the savings ``m0``, ``m1`` and ``samples``; None if none got there
    """
    found = [find_savings(data, label)["value"].rename(label) for label in labels]
    known = [saved for saved in found if set(QUANTITIES) <= set(saved.index)]
    if not known:
        return None
    frugal = [saved for saved in known if saved["m0"] >= least]
    return (
        max(frugal, key=lambda saved: saved["samples"])
        if frugal
        else max(known, key=lambda saved: saved["m0"])
    )


def tabulate_rules(data: pd.DataFrame) -> pd.DataFrame:
    """One row a label: runs that got there, medians of what that took, test accuracy, and savings."""
    ends = data[data["panel"] == "end"]
    rows = []
    for label, cell in ends.groupby("label", sort=False):
        reached = cell[cell["converged"].astype(bool)]
        row = {"label": label, "reached": f"{len(reached)}/{len(cell)}"}
        row |= {name: reached[name].astype(float).median() for name in QUANTITIES}
        row |= {
            "test": reached["test"].astype(float).median(),
            "test min": reached["test"].astype(float).min(),
        }
        saved = find_savings(data, str(label))
        for name in QUANTITIES:
            if name in saved.index:
                row |= {f"{name} saving": saved.loc[name, "value"]}
        rows.append(row)
    return pd.DataFrame(rows)


def say_savings(data: pd.DataFrame, label: str) -> str:
    """``M0 10 times, M1 2.1 times, trials 0.9 times``, medians."""
    names = {"m0": "M0", "m1": "M1", "samples": "trials"}
    saved = find_savings(data, label)["value"]
    return ", ".join(f"{names[str(name)]} {value:.2g} times" for name, value in saved.items())


def describe_rules(data: pd.DataFrame) -> dict[str, str]:
    """Seeds, savings and test accuracy in words, for a caption's ``n``, ``saved`` and ``tested``."""
    ends = data[data["panel"] == "end"]
    said = {label: say_savings(data, str(label)) for label in ends["label"].unique()}
    return {
        "n": str(ends["seed"].nunique()),
        "saved": " ".join(f"{label}: {text}." for label, text in said.items() if text),
        "tested": say_test(data),
    }


def say_test(data: pd.DataFrame) -> str:
    """The lowest test accuracy of a run that reached the goal, in a sentence; empty if none did."""
    ends = data[data["panel"] == "end"]
    tests = ends.loc[ends["converged"].astype(bool), "test"].astype(float)
    return f"At the goal {tests.min():.1%} of the test trials, or more, were right." if len(tests) else ""
