"""A memory that must be paid for: flies that gate it by their energy reserve and by surprise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bioplast.analysis.cells import with_medians
from bioplast.analysis.statistics import Estimate, estimate_median
from bioplast.analysis.words import join_words
from bioplast.figures.style import DOUBLE_COLUMN_MM, GRAY, label_panel, make_figure, make_looks
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Jiang, Foyard & van Rossum 2024, doi:10.1371/journal.pcbi.1012554
N_DAYS = 50
KEPT = 0.34  # of anesthesia-resistant memory, and of what is expected, from one day to the next
LEARNING_RATE = 0.6
COST = 0.27  # of the reserve, for a change of 1 of long-term memory
HAZARD_RATE = 3.9  # a reserve E is starved with probability exp(-3.9 E) a day
INPUT = 10.0  # mean and variance of an input
FIRST_WEIGHT = 0.5  # of long-term memory, which stays in [0, 1]

HARMS, QUICK_HARMS = tuple(np.round(np.arange(0, 0.2001, 0.025), 3).tolist()), (0.0, 0.05, 0.2)
SHOWN_HARM = 0.05  # that of the source
N_FLIES, QUICK_FLIES, TUNING_FLIES = 10_000, 1000, 2000
TUNING_SEED = 101
POINTS = Grid(seeds=10, harm=HARMS, flies=N_FLIES)
QUICK = Grid(seeds=2, harm=QUICK_HARMS, flies=QUICK_FLIES)
LEVELS = tuple(np.round(np.arange(0, 1, 0.1), 1).tolist())  # of the reserve
SURPRISES = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.17, 1.0)  # sizes of the prediction error
WEIGHTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # of the reserve, in the sum of the two
WEIGHTS_ERROR = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0)  # of the prediction error

Gate = Callable[[FloatArray, FloatArray, float, float], BoolArray]
# Whether a day's change is lasting, by the reserve E, the size of the prediction error, and two constants.
GATES: Mapping[str, tuple[Gate, tuple[tuple[float, float], ...]]] = {
    "lasting only": (lambda e, r, a, b: np.ones(e.shape, bool), ((0.0, 0.0),)),
    "decaying only": (lambda e, r, a, b: np.zeros(e.shape, bool), ((0.0, 0.0),)),
    "reserve": (lambda e, r, a, b: e > a, tuple((level, 0.0) for level in LEVELS)),
    "surprise": (lambda e, r, a, b: r > b, tuple((0.0, size) for size in SURPRISES)),
    "reserve or surprise": (
        lambda e, r, a, b: (e > a) | (r > b),
        tuple((level, size) for level in LEVELS for size in SURPRISES),
    ),
    "their sum": (
        lambda e, r, a, b: a * e + b * r > 1,
        tuple((a, b) for a in WEIGHTS for b in WEIGHTS_ERROR),
    ),
}
ALONE = ("lasting only", "decaying only")
TOGETHER = ("reserve or surprise", "their sum")

CAPTION = """
{flies} flies choose between two arms for {days} days, one of which does harm h, with two memories: one that
is lost within days, and one that lasts and draws on an energy reserve, which is filled at random at the
beginning and not filled again (Jiang, Foyard & van Rossum 2024). A fly dies of harm or of an empty reserve. A
gate decides each day which memory changes; its constants are chosen at each h on {tuning} other flies.
n = {n} seeds, lines: medians.

a: mean life span by gate. b: relative to the better of the two memories alone. {verdict} {missing}
"""


def live(label: str, constants: tuple[float, float], harm: float, n_flies: int, seed: int) -> FloatArray:
    """The days that each of ``n_flies`` lives, at most ``N_DAYS``.

    A day: what is decaying decays; the arm with the higher sum of weight times input, over both memories, is
    chosen; reward R is -h or 0; the chosen arm's weights change by eta (R - expected) x in the memory that
    the gate opens; the lasting one draws on the reserve; the fly dies with probability
    1 - (1 - max(-R, 0)) (1 - exp(-3.9 E)).

    Parameters
    ----------
    label, constants : the gate
    harm : h of the second arm; the first does none
    seed : of all draws, which are the same for all gates
    """
    rng = np.random.default_rng([seed, 17])
    opens = GATES[label][0]
    flies = np.arange(n_flies)
    reserve = rng.random(n_flies)
    decaying, lasting = np.zeros((n_flies, 2)), np.full((n_flies, 2), FIRST_WEIGHT)
    expected = np.zeros((n_flies, 2))
    alive, days = np.ones(n_flies, bool), np.zeros(n_flies)
    for _ in range(N_DAYS):
        decaying *= KEPT
        x_decaying, x_lasting = INPUT + np.sqrt(INPUT) * rng.standard_normal((2, n_flies, 2))
        arm = (decaying * x_decaying + lasting * x_lasting).argmax(axis=1)
        reward = np.where(arm == 1, -harm, 0.0)
        error = reward - expected[flies, arm]
        is_lasting = opens(reserve, np.abs(error), *constants)
        before = lasting[flies, arm]
        step = np.where(is_lasting, LEARNING_RATE * error * x_lasting[flies, arm], 0.0)
        lasting[flies, arm] = np.clip(before + step, 0, 1)
        decaying[flies, arm] += np.where(is_lasting, 0.0, LEARNING_RATE * error * x_decaying[flies, arm])
        reserve = np.clip(reserve - COST * np.abs(lasting[flies, arm] - before), 0, 1)
        expected[flies, arm] += (1 - KEPT) * error
        expected *= KEPT
        hazard = 1 - (1 - np.maximum(-reward, 0)) * (1 - np.exp(-HAZARD_RATE * reserve))
        days += alive
        alive &= rng.random(n_flies) >= hazard
    return days


@cache
def tune(label: str, harm: float) -> tuple[float, float]:
    """The constants of a gate with which flies that are never reported live longest."""
    spans = {
        constants: live(label, constants, harm, TUNING_FLIES, TUNING_SEED).mean()
        for constants in GATES[label][1]
    }
    return max(spans, key=lambda constants: spans[constants])


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Tune each gate, then let other flies live with it."""
    rows = []
    for label in GATES:
        constants = tune(label, point["harm"])
        days = live(label, constants, point["harm"], point["flies"], point["seed"])
        rows.append({"label": label, "days": float(days.mean()), "a": constants[0], "b": constants[1]})
    return rows


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``days`` (a), and ``ratio`` to the better memory alone (b)."""
    cells = ["harm", "seed"]
    alone = rows[rows["label"].isin(ALONE)].groupby(cells)["days"].max().rename("alone")
    rows = rows.merge(alone, on=cells).assign(converged=True)
    rows["ratio"] = rows["days"] / rows["alone"]
    spans = with_medians(rows.assign(panel="a"), ["panel", "label", "harm"], ["days"])
    gated = rows[~rows["label"].isin(ALONE)].assign(panel="b")
    ratios = with_medians(gated, ["panel", "label", "harm"], ["ratio"])
    columns = ["panel", "label", "kind", "harm", "seed", "flies", "days", "ratio", "a", "b"]
    data = pd.concat([part.reindex(columns=columns).astype(object) for part in (spans, ratios)])
    return data.infer_objects().astype({"seed": "Int64", "flies": "Int64"}).reset_index(drop=True)


def find_gain(data: pd.DataFrame, label: str, harm: float) -> Estimate:
    """How many times longer than with the better memory alone flies live at ``harm``, over seeds."""
    rows = data[(data["panel"] == "b") & (data["kind"] == "run") & (data["label"] == label)]
    return estimate_median(rows.loc[rows["harm"] == harm, "ratio"].astype(float))


def summarize(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a gate and harm: constants, life span, and the gain with its range over seeds."""
    data = analyze(rows)
    table = []
    for (label, harm), cell in rows.groupby(["label", "harm"], sort=False):
        row = {"gate": label, "harm": harm, "days": cell["days"].median(), "a": cell["a"].iloc[0]}
        row["b"] = cell["b"].iloc[0]
        if label not in ALONE:
            gain = find_gain(data, label, harm)
            row |= {"gain": gain.median, "gain low": gain.low, "gain high": gain.high}
        table.append(row)
    return pd.DataFrame(table)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    runs = data[data["kind"] == "run"]
    harms = [harm for harm in sorted(runs["harm"].unique()) if harm > 0]
    said = []
    for label in TOGETHER:
        gains = {harm: find_gain(data, label, harm) for harm in harms}
        longer = [harm for harm, gain in gains.items() if gain.low > 1]
        best = max(harms, key=lambda harm: gains[harm].median)
        said.append(
            f"{label}: longer at {len(longer)} of {len(harms)} harms above 0, at most "
            f"{gains[best].median:.3f} times (h = {best:g})."
        )
    return {
        "flies": f"{int(runs['flies'].dropna().max()):,}",
        "days": str(N_DAYS),
        "tuning": f"{TUNING_FLIES:,}",
        "n": str(runs["seed"].nunique()),
        "verdict": " ".join(said),
    }


def headline(data: pd.DataFrame) -> str:
    """By how much the gates that use both outlive the better memory, at the harm of the source."""
    gains = {label: find_gain(data, label, SHOWN_HARM) for label in TOGETHER}
    if not all(gain.n for gain in gains.values()):
        return ""
    said = join_words(f"{gain.median:.3f} ({label})" for label, gain in gains.items())
    return (
        f"Flies whose energy reserve and surprise gate memory live {said} times as long as with the better "
        f"memory alone, at a harm of {SHOWN_HARM:g}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Life span against harm, and how much longer it is than with one memory alone."""
    figure = make_figure(DOUBLE_COLUMN_MM, 70)
    axes = figure.subplots(1, 2)
    looks = make_looks(GATES)
    for ax, panel, quantity in zip(axes, "ab", ("days", "ratio"), strict=True):
        for label, look in looks.items():
            rows = data[(data["panel"] == panel) & (data["label"] == label)]
            medians, runs = rows[rows["kind"] == "median"].sort_values("harm"), rows[rows["kind"] == "run"]
            if len(rows):
                ax.plot(medians["harm"], medians[quantity], color=look.color, label=label)
                ax.plot(runs["harm"], runs[quantity], look.marker, color=look.color, markersize=2.5)
        ax.set_xlabel("Harm h of the second arm (probability of death a visit)")
        label_panel(ax, panel)
    axes[0].set_ylabel("Life span (days, at most 50)")
    axes[0].legend()
    axes[1].set_ylabel("Life span / with the better memory alone")
    axes[1].axhline(1, color=GRAY, linewidth=0.6, zorder=1)
    return figure


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    summarize=summarize,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
