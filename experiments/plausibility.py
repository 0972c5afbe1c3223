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
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import count_reached, say_seeds, stack, with_medians
from bioplast.analysis.frame import name_options
from bioplast.analysis.interval import name_columns, say_each, spread_estimate, unfold
from bioplast.analysis.statistics import compute_savings, estimate_median
from bioplast.changes import format_changes
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_legend, panel
from bioplast.figures.places import plot_place
from bioplast.figures.style import BLACK, BLUE, GREEN, GREY, ORANGE, Look
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
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
STEP = 0.02  # the other accuracy at which energy is read is that far below the goal
LABELS = {"plain": Look(BLACK, "o"), "restricted": Look(ORANGE, "s")}
ENERGIES = ("m0", "m1")
SAVINGS = {"m0 saving": Look(BLUE, "^"), "m1 saving": Look(GREEN, "D")}
LEGEND = LABELS | {"saving of $M_0$": SAVINGS["m0 saving"], "saving of $M_1$": SAVINGS["m1 saving"]}
COLUMNS = name_columns(("m0", "m1", "samples", *SAVINGS))

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


def list_cells(rungs: Sequence[Rung]) -> list[dict[str, Any]]:
    """Plain and restricted learning on every rung; rungs with the same plain network share its runs."""
    cells = {(*rung.cell, rule): (rung, rule) for rung in rungs for rule in ("plain", rung.rule)}
    return [{"model": rung.model, "rule": rule, "options": rung.options} for rung, rule in cells.values()]


QUICK_CELLS = list_cells([rung for rung in RUNGS if rung.name in QUICK_RUNGS])
GRID = Grid(cells=list_cells(RUNGS), hidden=HIDDEN, max_samples=165_000, seeds=5)
QUICK = Grid(cells=QUICK_CELLS, hidden=HIDDEN, goal=0.90, max_samples=20_000)


def analyse(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn: a row a run, rung and accuracy (``kind`` run), and the medians of their cells.

    ``level`` is the accuracy; ``m0 saving`` and ``m1 saving`` say how many times less than plain learning a
    restricted run took to get there.
    """
    costs = pd.DataFrame([row for run in runs for row in _read_costs(run)])
    parts = []
    for rung in RUNGS:
        rules = {"plain": "plain", str(Plasticity.parse(rung.rule)): "restricted"}
        mine = costs[(costs["cell"] == rung.cell) & costs["rule"].isin(rules)]
        parts.append(mine.assign(rung=rung.name, label=mine["rule"].map(rules)))
    frame = pd.concat([part for part in parts if part["label"].nunique() == len(LABELS)], ignore_index=True)
    for name in ENERGIES:
        saving = compute_savings(frame, name, pairs=("rung", "level", "seed"))
        frame[f"{name} saving"] = saving.where(frame["label"] == "restricted")
    cells = ["rung", "level", "label", "rule"]
    data = with_medians(frame, cells, ["m0", "m1", "samples"]).reset_index(drop=True)
    for row in data.index[data["kind"] == "median"]:
        cell = frame[(frame[cells] == data.loc[row, cells]).all(axis="columns")]
        for name in SAVINGS:
            for column, value in spread_estimate(name, estimate_median(cell[name])).items():
                data.loc[row, column] = value
    return stack([data], ["kind", *cells, "seed", "converged", "n", "reached", *COLUMNS])


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per rung, accuracy and rule: how many runs got there, medians, and savings."""
    shown = ["rung", "level", "rule", "reached", "samples", *ENERGIES, *name_columns(tuple(SAVINGS))]
    return count_reached(data, shown).dropna(axis="columns", how="all")


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
    rows = []
    for level in levels:
        more: dict[str, Any] = {"where": {"level": level}, "rungs": rungs}
        last = level == levels[-1]
        energies = [
            panel(
                _plot_energies,
                quantity=name,
                named=name == "m0",
                settings={"xlabel": name_axis(name) if last else ""}
                | ({"title": f"to {100 * level:g} %"} if name == "m1" else {}),
                **more,
            )
            for name in ENERGIES
        ]
        label = "Saving (times less than plain)" if last else ""
        rows.append([*energies, panel(_plot_savings, settings={"xlabel": label}, **more)])
    height = 24 + len(levels) * (14 + 6.4 * len(rungs))
    figure = Panels(rows, height_mm=height, looks=LABELS, legend=None, share={"sharex": "col"})(data)
    draw_legend(figure.subfigs[0], LEGEND)
    return figure


def _plot_energies(
    data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, rungs: Sequence[str], named: bool
) -> None:
    """A series a label."""
    _frame_rungs(ax, rungs, named=named)
    for offset, (label, look) in zip((-0.2, 0.2), looks.items(), strict=True):
        _plot_rungs(data[data["label"] == label], ax, quantity, look, rungs, offset)


def _plot_savings(data: pd.DataFrame, ax: Axes, looks: Looks, *, rungs: Sequence[str]) -> None:
    _frame_rungs(ax, rungs, named=False)
    for offset, (name, look) in zip((-0.2, 0.2), SAVINGS.items(), strict=True):
        _plot_rungs(data, ax, name, look, rungs, offset)
    ax.axvline(1, color=BLACK, linewidth=0.6, linestyle=":")


def _plot_rungs(
    data: pd.DataFrame, ax: Axes, quantity: str, look: Look, rungs: Sequence[str], offset: float
) -> None:
    for place, rung in enumerate(rungs):
        rows = data[data["rung"] == rung]
        plot_place(rows, ax, quantity, look, place + offset, half_width=0.19, size=3.0, lying=True)


def _frame_rungs(ax: Axes, rungs: Sequence[str], *, named: bool) -> None:
    """The rungs from top to bottom, with their names if ``named``."""
    ax.set(xscale="log", ylim=(len(rungs) - 0.5, -0.5))
    ax.set_yticks(range(len(rungs)), list(rungs) if named else [""] * len(rungs))
    ax.tick_params(axis="y", length=0)
    for border in range(1, len(rungs)):
        ax.axhline(border - 0.5, color=GREY, linewidth=0.4, alpha=0.4)


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


def _say_savings(row: pd.Series[Any]) -> str:
    table = unfold(row, tuple(SAVINGS)).set_axis(list(ENERGIES))
    return f"{row['rung']}: {say_each(table, '.2g')}"


STUDY = Study(
    grid=GRID, quick=QUICK, analyse=analyse, tabulate=tabulate, describe=describe, plot=plot, caption=CAPTION
)
