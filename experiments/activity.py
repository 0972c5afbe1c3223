"""The spiking network from inside: one trial, before and after learning, and what drive does to its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bioplast.backends.brian.drive import compute_rate, drive_cells, measure_answers
from bioplast.backends.brian.observation import observe
from bioplast.backends.brian.recording import Recorder
from bioplast.backends.brian.sampled_traces import CELLS, INPUTS, OUTPUTS, choose, describe_trial
from bioplast.figures.style import (
    BLACK,
    BLUE,
    DOUBLE_COLUMN_MM,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    label_panel,
    make_figure,
)
from bioplast.network import State
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.studies.point import Rows
from bioplast.tasks.task import Trials
from bioplast.training.config import RunConfig
from bioplast.training.run import SetUp, set_up

FloatArray = NDArray[np.float64]

RULE = "largest(0.005, output=0.2)"
TRAINING: Settings = {"model": "spiking", "rule": RULE, "hidden": 200, "seed": 1, "goal": 0.95}
QUICK_TRAINING = TRAINING | {"hidden": 50, "goal": 0.85, "max_samples": 6000}
DRIVES = np.linspace(0, 4, 41)  # constant ones, in thresholds
N_SYNAPSES = 40  # of one cell, whose changes are shown
N_TRIED = 200  # images until one that the trained network gets wrong
EDGES, FEWEST = np.linspace(-2, 4, 13), 10  # bins of the drive in the network, and what one has to hold

MOMENTS = ("before", "after")
RASTERS = {"inputs": "Input", "hidden": "Hidden cell"}
COURSES: Mapping[str, tuple[str, dict[str, str]]] = {
    "output": ("Output $y$", dict(zip(OUTPUTS, (GRAY, VERMILLION), strict=True))),
    "potential": ("Potential $v$", dict(zip(CELLS, (BLUE, ORANGE), strict=True))),
    "eligibility": ("Eligibility", dict(zip(INPUTS, (BLUE, GREEN, PURPLE), strict=True))),
}
ROWS = {"inputs": 1.3, "hidden": 1.3, "output": 1.0, "potential": 1.0, "eligibility": 1.0, "changes": 1.1}
COLUMNS = (
    *("panel", "moment", "label", "unit", "time_ms", "value"),
    *("proposed", "written", "n_proposed", "n_written"),
    *("drive", "low", "high", "mean", "theory", "n", "n_cells", "n_images", "spike_hz"),
)

CAPTION = """
Spiking network, {hidden} hidden cells, rule {rule}, in one trial before learning (left) and in the same
trial after {samples} samples (right): the first image from there on that it got wrong, a {digit}, with the
same input spikes; one seed.

a, b: spikes of the inputs (pixels row by row, on top the one that is always on). c, d: spikes of the hidden
cells, on top the one that fires regularly. e, f: potentials of the output cells. g, h: potentials of two
hidden cells, in thresholds; above 1 (broken line) a cell fires and is set back by 1, at most once in 1 ms. i,
j: eligibility, as it builds up, of three synapses onto the cell that is most written to: the highest of its
active inputs and those a third and two thirds down. k, l: changes that were proposed (open) and written
(filled) of {n_synapses} synapses onto that cell, evenly from the ranks of its active inputs. Of all synapses
onto hidden cells: {shares}.

m: rate of cells with a constant drive, counted in a trial, and of a leaky integrate-and-fire cell (line).
They differ by at most {deviation} Hz; one spike in a trial is {spike} Hz. n: rate of the trained network's
cells against the mean drive of their input, over {n_images} test images (medians and quartiles); the same
line. Just below the threshold noise lets them fire at {below} Hz on average. {missing}
"""

# One network, with images to see what drive its cells get and how they answer, and a row of driven cells.
DRIVEN = Grid(part="cells", seeds=None)
POINTS = [Grid(part="network", n_images=20, seeds=None, **TRAINING), DRIVEN]
QUICK = [Grid(part="network", n_images=5, seeds=None, **QUICK_TRAINING), DRIVEN]


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Train a network and record from it, or drive cells."""
    if point["part"] == "cells":
        setup = set_up(RunConfig("spiking", hidden=len(DRIVES), device="runtime"), project=project)
        model: Any = setup.model
        rates = drive_cells(model, Trials(setup.protocol.task.train, np.zeros(1, np.int64)), DRIVES)
        columns = {"drive": DRIVES, "value": rates, "theory": compute_rate(DRIVES, model.tau_m_ms)}
        return [{"panel": "cells", **row} for row in pd.DataFrame(columns).to_dict("records")]
    config = RunConfig(**{name: value for name, value in point.items() if name not in ("part", "n_images")})
    trained = set_up(config, project=project)
    run = trained.carry_out()
    samples, state = int(run.record["samples"]), run.state
    if state is None:
        raise RuntimeError("a run that was just carried out has a state")
    setup = set_up(replace(config, device="runtime"), project=project)
    model, test = setup.model, setup.protocol.test
    recorder = Recorder(model)
    images = Trials(test.images, test.indices[: point["n_images"]], stream=test.stream)
    rows = _bin_answers(*measure_answers(recorder.record(state, images, learn=False), model, state))
    trial = _find_wrong(trained, state, samples)
    digit = int(trial.labels[0])
    states = {"before": model.initial_state(config.seed), "after": state}
    observed = {moment: observe(recorder, model, state, trial) for moment, state in states.items()}
    shown = choose(observed["after"])
    for moment, seen in observed.items():
        rows += [{"moment": moment, **row} for row in describe_trial(seen, shown, digit, N_SYNAPSES)]
    facts = {"value": samples, "unit": digit, "n_cells": config.hidden, "n_images": len(images)}
    return [{"panel": "facts", "spike_hz": 1000 / model.n_stimulus, **facts}, *rows]


def _find_wrong(trained: SetUp, state: State, samples: int) -> Trials:
    """The first trial from now on that the network gets wrong: where it is right, hardly anything changes."""
    images, order = trained.protocol.task.train, trained.protocol.order(samples, N_TRIED)
    trials = Trials(images, order, samples)
    right = trained.model.present(state, trials, learn=False).predictions == trials.labels
    place = int(np.argmin(right))
    return Trials(images, order[place : place + 1], samples + place)


def _bin_answers(drive: FloatArray, rate: FloatArray) -> Rows:
    """Quartiles and mean of the rate, by drive."""
    rows = []
    for low, high in pairwise(EDGES):
        inside = rate[(drive >= low) & (drive < high)]
        if inside.size >= FEWEST:
            quartiles = np.quantile(inside, (0.25, 0.5, 0.75)).tolist()
            row = {
                "panel": "network",
                "drive": (low + high) / 2,
                "n": inside.size,
                "mean": float(inside.mean()),
            }
            rows.append(row | dict(zip(("low", "value", "high"), quartiles, strict=True)))
    return rows


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel`` and ``moment`` (before, after)."""
    return rows.reindex(columns=list(COLUMNS)).reset_index(drop=True)


def tabulate(rows: pd.DataFrame) -> pd.DataFrame:
    """Spikes in the trial, and how many changes were proposed and written, before and after learning."""
    table = []
    for moment in MOMENTS:
        now = rows[rows["moment"] == moment]
        counts = now[now["panel"] == "counts"].iloc[0]
        row = {"moment": moment, "spikes_input": int((now["panel"] == "inputs").sum())}
        row |= {"spikes_hidden": int((now["panel"] == "hidden").sum())}
        table.append(row | {name: int(counts[name]) for name in ("n_proposed", "n_written")})
    return pd.DataFrame(table)


def headline(data: pd.DataFrame) -> str:
    """How few of the changes that a trial proposes are written, and how close driven cells are to theory."""
    counts = data[data["panel"] == "counts"].set_index("moment")
    if not set(MOMENTS) <= set(counts.index):
        return ""
    shares = (counts["n_written"] / counts["n_proposed"]).astype(float)
    before, after = (f"{shares[moment]:.1%}".replace("%", " %") for moment in MOMENTS)
    return (
        f"One image proposes {counts.loc['after', 'n_proposed']:,.0f} changes of synapses onto hidden cells "
        f"of a trained network, of which {after} are written ({before} before learning); cells fire as "
        f"theory has it, to within {find_deviation(data):.0f} Hz"
    )


def find_deviation(data: pd.DataFrame) -> float:
    """The largest difference in Hz between the rate of a driven cell and the theory's."""
    cells = data[data["panel"] == "cells"]
    return float((cells["value"] - cells["theory"]).abs().max())


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, in words."""
    facts = data[data["panel"] == "facts"].iloc[0]
    counts = data[data["panel"] == "counts"].set_index("moment")
    shares = [
        f"{row['n_proposed']:,.0f} changes proposed, {row['n_written']:,.0f} written {moment} learning"
        for moment, row in counts.iterrows()
    ]
    network = data[data["panel"] == "network"]
    below = network[network["drive"] < 1]
    return {
        "rule": RULE,
        "hidden": f"{facts['n_cells']:.0f}",
        "samples": f"{facts['value']:,.0f}",
        "digit": f"{facts['unit']:.0f}",
        "n_synapses": str(N_SYNAPSES),
        "shares": "; ".join(shares),
        "deviation": f"{find_deviation(data):.0f}",
        "spike": f"{facts['spike_hz']:.0f}",
        "n_images": f"{facts['n_images']:.0f}",
        "below": f"{below['mean'].iloc[-1]:.0f}" if len(below) else "0",
    }


def plot(data: pd.DataFrame) -> Figure:
    """A column for each moment, and below them the rates."""
    figure = make_figure(DOUBLE_COLUMN_MM, 215)
    axes = figure.subplots(len(ROWS) + 1, 2, height_ratios=[*ROWS.values(), 1.5])
    for row, panel in zip(axes, ROWS, strict=False):
        for ax, moment in zip(row, MOMENTS, strict=True):
            _plot_trial(data[(data["panel"] == panel) & (data["moment"] == moment)], ax, panel)
        if panel in RASTERS:
            row[0].sharey(row[1])
        if panel != "changes":
            for ax in row:
                ax.sharex(axes[0, 0])
                ax.tick_params(labelbottom=panel == "eligibility")
        if row[1].get_legend_handles_labels()[1]:
            row[1].legend(loc="lower right", bbox_to_anchor=(1, 0.97), ncols=3, handlelength=1.2)
        row[1].set_ylabel("")
    for ax, panel in zip(axes[-1], ("cells", "network"), strict=True):
        _plot_rates(data[data["panel"] == panel], ax, data[data["panel"] == "cells"])
    for ax, letter in zip(axes.flat, "abcdefghijklmn", strict=True):
        label_panel(ax, letter)
    for ax, moment in zip(axes[0], MOMENTS, strict=True):
        ax.set_title(f"{moment} learning")
    for ax in axes[len(ROWS) - 2]:
        ax.set_xlabel("Time (ms)")
    return figure


def _plot_trial(data: pd.DataFrame, ax: Axes, panel: str) -> None:
    """What single cells and synapses do in a trial."""
    if panel in RASTERS:
        ax.plot(data["time_ms"], data["unit"], ".", color=BLACK, markersize=1.8, markeredgewidth=0)
        ax.set_ylabel(RASTERS[panel])
    elif panel in COURSES:
        _plot_courses(data, ax, *COURSES[panel])
    else:
        _plot_changes(data, ax)


def _plot_courses(data: pd.DataFrame, ax: Axes, label: str, colors: Mapping[str, str]) -> None:
    """One line a unit, in the color of its label, the last one on top; potentials beside their threshold."""
    if (data["panel"] == "potential").any():
        ax.axhline(1.0, color=GRAY, linewidth=0.6, linestyle=(0, (4, 3)))
    for name, color in colors.items():
        for number, (_, course) in enumerate(data[data["label"] == name].groupby("unit", sort=True)):
            named = None if number else name
            ax.plot(course["time_ms"], course["value"], color=color, linewidth=0.8, label=named)
    ax.set_ylabel(label)


def _plot_changes(data: pd.DataFrame, ax: Axes) -> None:
    """What each synapse proposed (open) and, where it did, wrote (filled)."""
    look: dict[str, Any] = {"color": BLUE, "markersize": 3}
    ax.axhline(0, color=GRAY, linewidth=0.6)
    ax.vlines(data["unit"], 0, data["proposed"], color=GRAY, linewidth=0.6)
    ax.plot(data["unit"], data["proposed"], "o", markerfacecolor="white", label="proposed", **look)
    written = data[data["written"] != 0]
    ax.plot(written["unit"], written["written"], "o", label="written", **look)
    ax.set(xlabel="Synapse (rank)", ylabel="Change $\\Delta w$")


def _plot_rates(data: pd.DataFrame, ax: Axes, theory: pd.DataFrame) -> None:
    """Rates against drive, with quartiles where there are some, and the theory's as a line."""
    ax.plot(theory["drive"], theory["theory"], color=BLACK, linewidth=0.8)
    wide = data[data["low"].notna()]
    ax.vlines(wide["drive"], wide["low"], wide["high"], color=BLUE, linewidth=1.0)
    ax.plot(data["drive"], data["value"], "o", color=BLUE, markersize=3)
    ax.set(xlabel="Drive (thresholds)", ylabel="Rate (Hz)")


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    plot=plot,
    caption=CAPTION,
    headline=headline,
)
