"""A recurrent network from inside: one trial with cues, before and after learning, and what it wrote."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.backends.numeric.recurrent.reference import Activity, judge, show
from bioplast.figures.style import BLACK, BLUE, DOUBLE_COLUMN_MM, GRAY, ORANGE, label_panel, make_figure
from bioplast.loading import load_module
from bioplast.network import State
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.tasks import Task, Trials, load_task
from bioplast.tasks.sequences import find_events

RULE = "adam(rate=0.0005) + largest(0.1)"
N_CELLS = 100
POINTS = Grid(seeds=1, capped=True, trials=9000, rule=RULE)
QUICK = Grid(seeds=1, capped=True, trials=500, rule=RULE)
TRIAL = 0  # of the test set
EVERY = 5  # steps between two points of a membrane's course
AMONG = 1  # the synapses among cells, whose changes are shown
WHENS = ("before", "after")
GROUPS = ("left", "right", "recall", "noise")

CAPTION = """
One trial of cue accumulation in the recurrent network of {cells} spiking cells (the upper half adapts),
before (left) and after (right) learning from {trials} trials with {rule}, seed {seed}; the trial is of the
test set. {right}

a: input spikes by group, and spikes of all cells. b: membrane (lines) and threshold (broken) of the adaptive
cell that fires most after learning. c: learning signal of each cell in the last 150 ms, if this trial were
learned from. d: what it would write of the synapses among cells, one dot a synapse, its area in proportion to
the change; {written}. {missing}
"""


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Train, and look at one trial before and after: a row a spike, a point of a course, and a change."""
    module = load_module("model", "recurrent", project)
    task = load_task("cues")
    network = module.make_network(
        n_pixels=task.n_pixels,
        n_classes=task.n_classes,
        n_hidden=N_CELLS,
        plasticity=Plasticity.parse(point["rule"]),
        device=module.DEVICE,
    )
    before: State = network.initial_state(point["seed"])
    after = copy.deepcopy(before)
    for first in range(0, point["trials"], 500):
        indices = np.arange(first, min(first + 500, point["trials"]))
        network.present(after, Trials(task.train, indices, first=after.trial), learn=True)
    activities = [_show(network, state, task) for state in (before, after)]
    watched = N_CELLS // 2 + int(activities[1].z[:, N_CELLS // 2 :].sum(axis=0).argmax())
    rows = []
    for when, state, activity in zip(WHENS, (before, after), activities, strict=True):
        found = _list_rows(activity, watched) + _list_learning(network, state, activity, task)
        rows += [{"when": when, **row} for row in found]
    return rows


def _show(network: Any, state: State, task: Task) -> Activity:
    """The trial in NumPy."""
    events = find_events(Trials(task.test, np.array([TRIAL])))
    x = np.zeros((int(events.n_steps[0]), events.n_units))
    x[events.steps, events.units] = 1
    w_in, w_rec, w_out = (layer.effective.astype(float) for layer in state.layers)
    cells, dtype = network.cells, np.dtype(float)
    return show(x, w_in, w_rec, w_out, cells.make_beta(N_CELLS, dtype), cells.make_constants(dtype))


def _list_rows(activity: Activity, watched: int) -> list[dict[str, Any]]:
    rows = [
        {"what": what, "unit": int(unit), "step": int(step)}
        for what, spikes in (("input", activity.x), ("spike", activity.z))
        for step, unit in zip(*np.nonzero(spikes), strict=True)
    ]
    for what, course in (("membrane", activity.v), ("threshold", activity.threshold)):
        steps = range(0, len(course), EVERY)
        rows += [
            {"what": what, "unit": watched, "step": step, "value": float(course[step, watched])}
            for step in steps
        ]
    return rows


def _list_learning(network: Any, state: State, activity: Activity, task: Task) -> list[dict[str, Any]]:
    """The learning signal of each cell, and what the trial would write among cells; ``state`` stays."""
    cells, events = network.cells, find_events(Trials(task.test, np.array([TRIAL])))
    label, first = int(events.labels[0]), int(events.answer_from[0])
    mean, errors = judge(activity.y, first, label, cells.answer)
    feedback = network.draw_feedback(state.seed)
    signal = (state.layers[2].effective if feedback is None else feedback) @ errors[-1]
    learned = copy.deepcopy(state)
    network.present(learned, Trials(task.test, np.array([TRIAL]), first=state.trial), learn=True)
    written = learned.layers[AMONG].weights - state.layers[AMONG].weights
    rows: list[dict[str, Any]] = [{"what": "right", "value": float(mean.argmax() == label)}]
    rows += [{"what": "signal", "unit": j, "value": float(value)} for j, value in enumerate(signal)]
    rows += [
        {"what": "change", "unit": int(i), "step": int(j), "value": float(written[i, j])}
        for i, j in zip(*np.nonzero(written), strict=True)
    ]
    return rows


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn: ``when`` and ``what``, the ``unit``, the ``step`` (of a change the postsynaptic
    cell) and a ``value``.
    """
    columns = ["when", "what", "unit", "step", "value", "trials", "seed"]
    return rows.reindex(columns=columns).astype({"unit": "Int64", "step": "Int64"})


def summarize(rows: pd.DataFrame) -> pd.DataFrame:
    """Before and after: spikes, whether the trial is right, and what it would write among cells."""
    table = []
    for when, part in rows.groupby("when", sort=False):
        changes = part.loc[part["what"] == "change", "value"].abs()
        table.append(
            {
                "when": when,
                "right": bool(part.loc[part["what"] == "right", "value"].iloc[0]),
                "spikes": int((part["what"] == "spike").sum()),
                "n_written": len(changes),
                "m1": changes.sum(),
            }
        )
    return pd.DataFrame(table)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    right = data[data["what"] == "right"].set_index("when")["value"]
    n = data[data["what"] == "change"].groupby("when").size()
    return {
        "cells": str(N_CELLS),
        "trials": f"{int(data['trials'].iloc[0]):,}",
        "rule": RULE,
        "seed": str(int(data["seed"].iloc[0])),
        "right": " ".join(f"Its answer is {'right' if right[w] else 'wrong'} {w} learning." for w in WHENS),
        "written": " and ".join(f"{n.get(w, 0):,} {w}" for w in WHENS),
    }


def headline(data: pd.DataFrame) -> str:
    """What a trial writes, and how many spikes it takes, after learning and before."""
    n = data.groupby(["when", "what"]).size()
    n_synapses = N_CELLS * (N_CELLS - 1)
    written = n.get(("after", "change"), 0)
    return (
        f"A trial that is learned from writes {written:,} of {n_synapses:,} synapses among cells; "
        f"learning took its spikes from {n.get(('before', 'spike'), 0):,} to {n.get(('after', 'spike'), 0):,}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Four rows of panels, before learning on the left."""
    figure = make_figure(DOUBLE_COLUMN_MM, 150)
    axes = figure.subplots(4, 2, height_ratios=(3, 1.2, 1, 2))
    largest = data.loc[data["what"] == "change", "value"].abs().max()
    for column, when in enumerate(WHENS):
        part = data[data["when"] == when]
        raster, course, signal, changes = axes[:, column]
        plot_raster(part, raster)
        raster.set_title(when)
        for what, style, color in (("membrane", "-", BLACK), ("threshold", "--", ORANGE)):
            rows = part[part["what"] == what]
            course.plot(rows["step"], rows["value"], style, color=color, linewidth=0.7)
        course.set_xlabel("Time (ms)")
        rows = part[part["what"] == "signal"]
        signal.bar(rows["unit"], rows["value"], color=BLUE, width=1.0)
        signal.axhline(0, color=GRAY, linewidth=0.6)
        signal.set_xlabel("Cell")
        rows = part[part["what"] == "change"]
        area = 6 * rows["value"].abs() / largest
        changes.scatter(rows["step"], rows["unit"], s=area, c=np.where(rows["value"] > 0, ORANGE, BLUE))
        changes.set_xlabel("Postsynaptic cell")
        changes.set(xlim=(-1, N_CELLS), ylim=(-1, N_CELLS))
    for ax, letter, label in zip(
        axes[:, 0], "abcd", ("", "Membrane", "Learning\nsignal", "Presynaptic cell"), strict=True
    ):
        label_panel(ax, letter)
        ax.set_ylabel(label)
    for row in axes[1:3]:
        low = min(ax.get_ylim()[0] for ax in row)
        high = max(ax.get_ylim()[1] for ax in row)
        for ax in row:
            ax.set_ylim(low, high)
    return figure


def plot_raster(data: pd.DataFrame, ax: Axes) -> Axes:
    """Spikes of the inputs, by group, above those of the cells.

    Parameters
    ----------
    data : columns ``what`` (input or spike), ``unit`` and ``step``
    ax : axes to draw on
    """
    inputs, spikes = (data[data["what"] == what] for what in ("input", "spike"))
    ax.plot(
        inputs["step"], inputs["unit"] + N_CELLS + 5, "|", color=BLUE, markersize=1.5, markeredgewidth=0.4
    )
    ax.plot(spikes["step"], spikes["unit"], "|", color=BLACK, markersize=1.2, markeredgewidth=0.3)
    ticks = [N_CELLS // 4, 3 * N_CELLS // 4, *(N_CELLS + 10 + 10 * place for place in range(len(GROUPS)))]
    ax.set_yticks(ticks, ["LIF", "adaptive", *GROUPS])
    ax.tick_params(axis="y", length=0)
    return ax


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
