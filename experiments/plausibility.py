"""From the ANN one step towards biology at a time, and what survives of the saving.

Each rung of the ladder keeps what the rungs above it have changed, except that a way to choose what is
written takes the place of the one before it. On every rung plain learning and learning under the rung's
restriction start from the same weights and see the same images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bioplast.analysis.cells import say_seeds, with_medians
from bioplast.analysis.frame import name_options
from bioplast.analysis.interval import name_columns, say, spread
from bioplast.analysis.statistics import compute_savings, estimate_median
from bioplast.changes import format_changes
from bioplast.figures.energy import ENERGY_LABELS
from bioplast.figures.ladder import frame_rungs, plot_rungs
from bioplast.figures.style import (
    BLACK,
    BLUE,
    DOUBLE_COLUMN_MM,
    GREEN,
    ORANGE,
    Look,
    label_panel,
    make_figure,
)
from bioplast.figures.ticks import label_log_axis
from bioplast.plasticity import Plasticity
from bioplast.studies.grid import make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

GLOBAL = "largest(0.01, output=0.2)"
PER_NEURON = 'largest(0.01, output=0.2, per="neuron")'
FIXED = "above(0.0003)"
HOMEOSTATIC = "above(0.0003, target=0.01, output=0.2)"

RANDOM = {"feedback": "random"}
# With four excitatory cells to an inhibitory one, activity runs away under random feedback.
SIGNED = RANDOM | {"dale": True, "excitatory": 0.5}


@dataclass(frozen=True)
class Rung:
    """A network on the ladder.

    Attributes
    ----------
    name : what is new on it
    model, options : the network
    rule : its restriction of plasticity
    """

    name: str
    model: str
    rule: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cell(self) -> tuple[str, str]:
        """What its runs have in common, whatever their rule."""
        return self.model, format_changes(dict(sorted(self.options.items())))


RUNGS = (
    Rung("artificial", "ann", GLOBAL),
    Rung("rate dynamics", "rate", GLOBAL),
    Rung("spikes", "spiking", GLOBAL, {"spike_trains": "regular"}),
    Rung("Poisson noise", "spiking", GLOBAL),
    Rung("competition per neuron", "spiking", PER_NEURON),
    Rung("fixed local threshold", "spiking", FIXED),
    Rung("homeostatic threshold", "spiking", HOMEOSTATIC),
    Rung("random feedback", "spiking", HOMEOSTATIC, RANDOM),
    Rung("one sign per cell", "spiking", HOMEOSTATIC, SIGNED),
)
QUICK_RUNGS = ("artificial", "Poisson noise", "fixed local threshold", "random feedback")

HIDDEN = 200
GOAL, SEEDS, MAX_SAMPLES = 0.95, 5, 165_000
QUICK_GOAL, QUICK_SEEDS, QUICK_MAX_SAMPLES = 0.90, 1, 20_000
STEP = 0.02  # the other accuracy at which energy is read is that far below the goal

# About how many images a second each network learns from, and how many a run takes.
SPEED = {"ann": 60_000, "rate": 9_000, "spiking": 5_000}
SAMPLES = {"symmetric": 50_000, "random": 140_000}

LABELS = {"plain": Look(BLACK, "o"), "restricted": Look(ORANGE, "s")}
ENERGIES = ("m0", "m1")
SAVINGS = {"m0 saving": Look(BLUE, "^"), "m1 saving": Look(GREEN, "D")}
_COLUMNS = ("m0", "m1", "samples", *SAVINGS)

CAPTION = """
From an artificial network towards biology, a step at a time: energy of plasticity on the way to {levels} on
{task}, with plain learning and under a restriction; {hidden_units} hidden units on every rung; {cell_seeds}.
Pixels are rates between 0 and 1 (encoding '{encoding}').

Steps add up: each rung keeps the changes of those above it, but a way to choose what is written takes the
place of the one before. Spikes first come at even distances, then at random; errors come back through the
output's own weights, on the last two rungs through fixed random ones; with one sign per cell, half of the
cells excite and half inhibit. Restrictions: {rungs}. Plain learning is the same on rungs that differ only in
the restriction.

a-c to {lower}: the first block of 2,000 images of which the network predicted that share before learning from
them. d-f to {upper}: validation, after which a run stops. M0 counts weight writes; M1 sums the sizes of
the changes, in the unit of each network's own weights, so compare it within a rung. c, f: how many times less
than plain learning on the same seed. One marker a run, open where it gave up before and
shows what it had spent; bars: medians (a run that did not get there counts as dearer than any).

Savings to {upper}, with the 95 % interval of the median over seeds: {savings}. {missing}
"""


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Plain and restricted learning on every rung; rungs with the same plain network share its runs."""
    default, goal, max_samples = (
        (QUICK_SEEDS, QUICK_GOAL, QUICK_MAX_SAMPLES) if quick else (SEEDS, GOAL, MAX_SAMPLES)
    )
    cells = {
        (*rung.cell, rule): RunConfig(
            rung.model, rule, HIDDEN, goal=goal, max_samples=max_samples, options=rung.options
        )
        for rung in RUNGS
        if not quick or rung.name in QUICK_RUNGS
        for rule in ("plain", rung.rule)
    }
    return [
        RunConfig.from_dict(cell.to_dict() | {"seed": seed})
        for cell in cells.values()
        for seed in make_seeds(default if seeds is None else seeds)
    ]


def expected_seconds(config: RunConfig) -> float:
    """As many images as a run of its kind may take."""
    n_images = SAMPLES["random" if config.options.get("feedback") == "random" else "symmetric"]
    return 4 + min(n_images, config.max_samples or n_images) / SPEED[config.model]


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn: a row a run, rung and accuracy (``kind`` run), and the medians of their cells.

    ``level`` is the accuracy; ``m0 saving`` and ``m1 saving`` say how many times less than plain learning a
    restricted run took to get there.
    """
    costs = pd.DataFrame([row for run in runs for row in _read_costs(run)])
    rungs = [rung for rung in RUNGS if rung.cell in set(costs["cell"])]
    parts = []
    for rung in rungs:
        mine = costs[(costs["cell"] == rung.cell) & costs["rule"].isin(("plain", _write(rung.rule)))]
        label = mine["rule"].map(lambda rule: "plain" if rule == "plain" else "restricted")
        parts.append(mine.assign(rung=rung.name, label=label))
    frame = pd.concat([part for part in parts if part["label"].nunique() == len(LABELS)], ignore_index=True)
    for name in ENERGIES:
        saving = compute_savings(frame, name, pairs=("rung", "level", "seed"))
        frame[f"{name} saving"] = saving.where(frame["label"] == "restricted")
    cells = ["rung", "level", "label", "rule"]
    data = with_medians(frame, cells, ["m0", "m1", "samples"]).reset_index(drop=True)
    is_median = data["kind"] == "median"
    for row in data.index[is_median]:
        cell = frame[(frame[cells] == data.loc[row, cells]).all(axis="columns")]
        for name in SAVINGS:
            estimate = estimate_median(cell[name])
            for column, value in spread(name, estimate.median, estimate.low, estimate.high).items():
                data.loc[row, column] = value
    names = ["kind", *cells, "seed", "converged", "n", "reached", *name_columns(_COLUMNS)]
    data = data.reindex(columns=names).infer_objects()
    return data.astype({"seed": "Int64", "n": "Int64", "reached": "Int64"})


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per rung, accuracy and rule: how many runs got there, medians, and savings."""
    data = analyse(runs)
    table = data[data["kind"] == "median"].drop(columns=["kind", "seed", "converged"])
    table["reached"] = table["reached"].astype(str) + "/" + table["n"].astype(str)
    shown = ["rung", "level", "rule", "reached", "samples", *ENERGIES, *name_columns(tuple(SAVINGS))]
    return table[shown].dropna(axis="columns", how="all").reset_index(drop=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    lower, upper = (f"{100 * level:g} %" for level in sorted(data["level"].unique()))
    medians = data[data["kind"] == "median"]
    rules = medians[medians["label"] == "restricted"].drop_duplicates("rung").set_index("rung")["rule"]
    there = medians[(medians["level"] == data["level"].max()) & (medians["label"] == "restricted")]
    return {
        "levels": f"{lower} and {upper}",
        "lower": lower,
        "upper": upper,
        "hidden_units": str(HIDDEN),
        "cell_seeds": say_seeds(medians),
        "rungs": "; ".join(
            f"{rule} ({', '.join(names.index)})" for rule, names in rules.groupby(rules, sort=False)
        ),
        "savings": "; ".join(_say_savings(row) for _, row in there.iterrows()),
    }


def plot(data: pd.DataFrame) -> Figure:
    """A row an accuracy: writes, size of the changes, and what the restriction saves of both."""
    rungs = list(dict.fromkeys(data["rung"]))
    levels = sorted(data["level"].unique())
    figure = make_figure(DOUBLE_COLUMN_MM, 24 + len(levels) * (14 + 6.4 * len(rungs)))
    axes = figure.subplots(len(levels), 3, sharex="col")
    for row, level in zip(axes, levels, strict=True):
        here = data[data["level"] == level]
        for ax, name in zip(row, ENERGIES, strict=False):
            for offset, (label, look) in zip((-0.2, 0.2), LABELS.items(), strict=True):
                plot_rungs(here[here["label"] == label], ax, name, look, rungs, offset=offset)
        for offset, (name, look) in zip((-0.2, 0.2), SAVINGS.items(), strict=True):
            plot_rungs(here, row[2], name, look, rungs, offset=offset)
        row[2].axvline(1, color=BLACK, linewidth=0.6, linestyle=":")
        row[1].set_title(f"to {100 * level:g} %")
        for ax in row:
            frame_rungs(ax, rungs, named=ax is row[0])
    for ax, name in zip(axes[-1], (*ENERGIES, ""), strict=True):
        ax.set_xlabel(ENERGY_LABELS.get(name, "Saving (times less than plain)"))
    for ax, letter in zip(axes.flat, "abcdef", strict=True):
        label_log_axis(ax.xaxis)
        label_panel(ax, letter)
    _draw_legend(figure)
    return figure


def _read_costs(run: Run) -> list[dict[str, Any]]:
    """What a run had spent when it came to each accuracy; all that it spent where it never did."""
    record, goal = run.record, run.record["goal"]
    names = {
        "cell": (record["model"], name_options(run)),
        "rule": record["rule"],
        "seed": record["seed"],
    }
    lower = round(goal - STEP, 6)
    first = next((row for row in run.trace if row["online"] >= lower), None)
    # Validation may be at the goal before online accuracy, which looks back, is near it.
    reached = {lower: first is not None or record["converged"], goal: record["converged"]}
    rows = {lower: first or run.trace[-1], goal: run.trace[-1]}
    return [
        names
        | {"level": level, "converged": reached[level]}
        | {name: rows[level][name] for name in (*ENERGIES, "samples")}
        for level in (lower, goal)
    ]


def _write(rule: str) -> str:
    """A rule as it stands in a record."""
    return str(Plasticity.parse(rule))


def _say_savings(row: pd.Series[Any]) -> str:
    said = []
    for name in ENERGIES:
        values = dict(zip(("value", "low", "high"), row[name_columns([f"{name} saving"])], strict=True))
        said.append(f"{name.upper()} {say(pd.Series(values), '.2g')}")
    return f"{row['rung']}: {', '.join(said)}"


def _draw_legend(figure: Figure) -> None:
    names = {"m0 saving": "saving of $M_0$", "m1 saving": "saving of $M_1$"}
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=names.get(label, label))
        for label, look in (LABELS | SAVINGS).items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
