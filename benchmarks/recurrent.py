"""Trials in time: how fast recurrent networks learn, and with what their time grows.

A trial of ``cues`` has 2,250 steps. Forward and backward, a network does something for each cell and step,
and for each synapse that a spike reaches; nothing for each synapse and step, as traces at synapses would ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.turns import take_turns
from bioplast.figures.style import (
    BLACK,
    BLUE,
    DOUBLE_COLUMN_MM,
    label_panel,
    make_figure,
    save_figure,
    use_style,
)
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task

PROJECT = Path(__file__).parents[1]
TASK, N_STEPS = "cues", 2250
RULES = {
    "recurrent": ("adam(0.0005)", "adam(0.0005) + largest(0.1)"),
    "rnn": ("adam(0.001)",),
    "recurrent_rate": ("adam(0.001)",),
}
DEVICES = {"recurrent": ("numba", "cpp_standalone"), "rnn": ("numba",), "recurrent_rate": ("cpp_standalone",)}
COLORS = {"numba": BLACK, "cpp_standalone": BLUE}
SIZES, QUICK_SIZES = (100, 200, 300, 500, 700, 1000), (50, 100)
DRIVES, QUICK_DRIVES = (0.0, 0.3, 0.6, 1.5, 2.0), (0.0, 2.0)  # weights of the input, in the largest network
N_TRIALS, QUICK_TRIALS = 60, 4  # a turn
N_TURNS = 3


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
    rule = RULES["recurrent"][0]
    for drive in QUICK_DRIVES if quick else DRIVES:
        rows += measure("recurrent", rule, sizes[-1], n_trials=n_trials, drive=drive)
    data = pd.DataFrame(rows)
    folder = out / "recurrent"
    folder.mkdir(parents=True, exist_ok=True)
    data.to_csv(folder / "recurrent.csv", index=False)
    print(data.to_string(index=False, float_format=lambda value: f"{value:,.4g}"))
    draw(data, folder)


def measure(
    model: str, rule: str, n_cells: int, *, n_trials: int, drive: float = 1.0
) -> Iterator[dict[str, Any]]:
    """Learn from some trials on each device in turn: the processor time of each, and what happened in it.

    Parameters
    ----------
    n_trials : of a turn
    drive : scale of the weights from the input
    """
    task = load_task(TASK)
    learners = [Learner(model, rule, n_cells, device, drive) for device in DEVICES[model]]
    medians = take_turns([partial(learner.learn, n_trials) for learner in learners], N_TURNS)
    for learner, seconds in zip(learners, medians, strict=True):
        yield {
            "model": model,
            "rule": rule,
            "device": learner.device,
            "cells": n_cells,
            "drive": drive,
            "ms_per_trial": 1000 * seconds / n_trials,
            "trials_per_second": n_trials / seconds,
            "spikes_per_trial": learner.n_spikes / (n_trials * N_TURNS),
            "events_per_trial": learner.n_events / (n_trials * N_TURNS),
            "cell_steps": n_cells * N_STEPS,
            "synapse_steps": n_cells * (n_cells - 1 + task.n_pixels + task.n_classes) * N_STEPS,
        }


class Learner:
    """A network that goes on learning, compiled before."""

    def __init__(self, model: str, rule: str, n_cells: int, device: str, drive: float) -> None:
        task = load_task(TASK)
        network = load_module("model", model, PROJECT).make_network(
            n_pixels=task.n_pixels,
            n_classes=task.n_classes,
            n_hidden=n_cells,
            plasticity=Plasticity.parse(rule),
            device=device,
        )
        self.network = network.with_settings({"weight_input": drive}) if drive != 1 else network
        self.device, self.trials = device, task.train
        self.state = self.network.initial_state(1)
        self.n_spikes = self.n_events = 0
        self.learn(2, 0)
        self.n_spikes = self.n_events = 0  # what was for compiling does not count

    def learn(self, n_trials: int, turn: int) -> None:
        """Learn from the next ``n_trials``."""
        first = self.state.trial
        trials = Trials(self.trials, np.arange(first, first + n_trials), first=first)
        counts = self.network.present(self.state, trials, learn=True).signalling
        self.n_spikes += counts.spikes_hidden
        self.n_events += counts.synaptic_events


def draw(data: pd.DataFrame, folder: Path) -> None:
    """The time of a trial against cells, and in the largest network against what spikes reach."""
    spiking = data[data["model"] == "recurrent"]
    with use_style():
        figure = make_figure(DOUBLE_COLUMN_MM, 70)
        left, right = figure.subplots(1, 2)
        first_rule, last = RULES["recurrent"][0], spiking["cells"].max()
        for device, of_device in spiking.groupby("device", sort=False):
            line = {"color": COLORS[device]}
            for (rule, rows), marker in zip(of_device.groupby("rule", sort=False), "o^", strict=True):
                rows = rows[rows["drive"] == 1]
                left.plot(
                    rows["cells"], rows["ms_per_trial"], marker=marker, label=f"{device}, {rule}", **line
                )
            rows = of_device[(of_device["cells"] == last) & (of_device["rule"] == first_rule)]
            rows = rows.sort_values("events_per_trial")
            right.plot(rows["events_per_trial"] / 1e6, rows["ms_per_trial"], marker="o", label=device, **line)
        room = (None, 8 * spiking["ms_per_trial"].max())  # for what lines mean
        left.set(xscale="log", yscale="log", xlabel="Cells", ylim=room)
        left.legend()
        right.set(xlabel="Synapses reached by spikes in a trial (millions)", xlim=(0, None), ylim=(0, None))
        right.set_title(f"{last:,} cells")
        for ax, letter in zip((left, right), "ab", strict=True):
            ax.set_ylabel("Processor time of a trial (ms)")
            label_panel(ax, letter)
        save_figure(figure, folder, "recurrent")
