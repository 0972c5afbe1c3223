"""Trials in time: how fast recurrent networks learn, and with what their time grows.

A trial of ``cues`` has 2,250 steps. Forward and backward, a network does something for each cell and step,
and for each synapse that a spike reaches; nothing for each synapse and step, as traces at synapses would ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.turns import read_processor_time
from bioplast.figures.style import BLACK, GREY, SINGLE_COLUMN_MM, make_figure, save_figure, use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task

PROJECT = Path(__file__).parents[1]
TASK, N_STEPS = "cues", 2250
RULES = {"recurrent": ("adam(0.0005)", "adam(0.0005) + largest(0.1)"), "rnn": ("adam(0.001)",)}
SIZES, QUICK_SIZES = (100, 200, 300, 500, 700, 1000), (50, 100)
N_TRIALS, QUICK_TRIALS = 60, 10


def run(*, out: Path, quick: bool) -> None:
    """Measure, print a table, and draw the time of a trial against the number of cells.

    Parameters
    ----------
    out : folder for ``recurrent/``
    quick : smaller networks and fewer trials
    """
    sizes, n_trials = (QUICK_SIZES, QUICK_TRIALS) if quick else (SIZES, N_TRIALS)
    rows = [
        row
        for model, rules in RULES.items()
        for rule in rules
        for n_cells in (sizes if model == "recurrent" else sizes[:1])
        for row in measure(model, rule, n_cells, n_trials=n_trials)
    ]
    data = pd.DataFrame(rows)
    folder = out / "recurrent"
    folder.mkdir(parents=True, exist_ok=True)
    data.to_csv(folder / "recurrent.csv", index=False)
    print(data.to_string(index=False, float_format=lambda value: f"{value:,.4g}"))
    draw(data, folder)


def measure(model: str, rule: str, n_cells: int, *, n_trials: int) -> Iterator[dict[str, Any]]:
    """Learn from some trials: the processor time of each, and what happened in it."""
    task = load_task(TASK)
    network = load_module("model", model, PROJECT).make_network(
        n_pixels=task.n_pixels,
        n_classes=task.n_classes,
        n_hidden=n_cells,
        plasticity=Plasticity.parse(rule),
        device="cpp_standalone",
    )
    state = network.initial_state(1)
    network.present(state, Trials(task.train, np.arange(2)), learn=True)  # compiles
    begin = read_processor_time()
    outcome = network.present(state, Trials(task.train, np.arange(2, 2 + n_trials), first=2), learn=True)
    seconds = read_processor_time() - begin
    counts = outcome.signalling
    yield {
        "model": model,
        "rule": rule,
        "cells": n_cells,
        "ms_per_trial": 1000 * seconds / n_trials,
        "trials_per_second": n_trials / seconds,
        "spikes_per_trial": counts.spikes_hidden / n_trials,
        "events_per_trial": counts.synaptic_events / n_trials,
        "cell_steps": n_cells * N_STEPS,
        "synapse_steps": n_cells * (n_cells - 1 + task.n_pixels + task.n_classes) * N_STEPS,
    }


def draw(data: pd.DataFrame, folder: Path) -> None:
    """The time of a trial against cells, beside what it would be if synapses or events set it."""
    spiking = data[data["model"] == "recurrent"]
    with use_style():
        figure = make_figure(SINGLE_COLUMN_MM, 70)
        ax = figure.subplots()
        for (rule, rows), marker in zip(spiking.groupby("rule", sort=False), "o^", strict=True):
            ax.plot(rows["cells"], rows["ms_per_trial"], marker=marker, color=BLACK, label=rule)
        first = spiking[spiking["rule"] == RULES["recurrent"][0]]
        for column, style, label in (
            ("events_per_trial", "--", "as synapses reached by spikes"),
            ("synapse_steps", ":", "as synapses times steps"),
        ):
            scaled = first[column] / first[column].iloc[0] * first["ms_per_trial"].iloc[0]
            ax.plot(first["cells"], scaled, style, color=GREY, label=label)
        ax.set(xscale="log", yscale="log", xlabel="Cells", ylabel="Processor time of a trial (ms)")
        ax.legend()
        save_figure(figure, folder, "recurrent")
