"""What learning costs in three networks, with plain and with restricted plasticity.

One task, three networks, four restrictions beside plain learning, one set of books. Each network
learns until its validation accuracy is at the goal; what its synapses have spent by then is compared.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import NDArray

from bioplast.analysis.cells import stack
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import spread_estimate
from bioplast.analysis.statistics import compute_savings, estimate_median
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import name_places, plot_place
from bioplast.figures.style import GREY
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.training.record import Run

HIDDEN = {"ann": 100, "rate": 100, "spiking": 200}

# Fractions and thresholds per network: theta is in the unit of the network's own weights.
_BACKPROP = {
    "plain": "plain",
    "largest(f)": "largest(0.02, output=0.2)",
    "subnet(k)": "subnet(70)",
    "subnet(k) + largest(f)": "subnet(70) + largest(0.03, output=0.2)",
    "above(θ)": "above(0.0003)",
}
RULES = {
    "ann": _BACKPROP,
    "rate": _BACKPROP,
    "spiking": {
        "plain": "plain",
        "largest(f)": "largest(0.005, output=0.2)",
        "subnet(k)": "subnet(100)",
        "subnet(k) + largest(f)": "subnet(100) + largest(0.01, output=0.2)",
        "above(θ)": "above(0.0003)",
    },
}
ENERGIES = ("m0", "m1")
TICKS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98)  # of the axis of accuracy

CAPTION = """
Energy of plasticity spent on learning {task} to {goal} (validation); input encoding '{encoding}';
hidden units: {hidden}; {seeds} per network and rule.

a, b: energy to the goal. M0 counts weight writes; M1 sums the sizes of the changes, in the unit of each
network's own weights, so compare M1 between rules and not between networks. One marker a run; bars: medians
over the runs that reached the goal. Open markers: runs that did not reach it; what they show is what they
had spent when they gave up.

c-h: online accuracy (over the last 2,000 images, each predicted before learning from it) against the energy
spent so far; one line a run, ended by its marker; dashed: the goal. The vertical scale is logarithmic in the
errors.

Rules: {rules}. {missing}
"""

CELLS = [
    {"model": model, "rule": rule, "hidden": HIDDEN[model]}
    for model, rules in RULES.items()
    for rule in rules.values()
]
GRID = Grid(cells=CELLS, seeds=3)
QUICK = Grid(cells=CELLS, goal=0.90, max_samples=20_000)


def name_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns ``network`` and ``label``, the kind of rule."""
    labels = {
        (model, str(Plasticity.parse(rule))): label
        for model, rules in RULES.items()
        for label, rule in rules.items()
    }
    cells = zip(frame["model"], frame["rule"], strict=True)
    return frame.assign(network=frame["model"], label=[labels[cell] for cell in cells])


def analyse(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``goal`` (a, b) or ``course`` (c to h).

    ``goal`` has a row per run (``kind`` run) and one per network and rule (``kind`` median, of the runs
    that reached the goal); ``course`` has a row per run and evaluation.
    """
    frame = name_cells(make_run_frame(runs))
    ends = frame[["network", "rule", "seed", "converged", "goal"]]
    reached = frame[frame["converged"].astype(bool)]
    cells = ["network", "label", "rule", "goal"]
    medians = reached.groupby(cells, sort=False)[["samples", *ENERGIES]].median().reset_index()
    parts = [
        frame.assign(panel="goal", kind="run"),
        medians.assign(panel="goal", kind="median"),
        name_cells(make_trace_frame(runs)).merge(ends).assign(panel="course", kind="run"),
    ]
    columns = ["panel", "kind", "network", "label", "rule", "seed", "converged", "goal", "samples", "online"]
    return stack(parts, [*columns, *ENERGIES])


def summarize(runs: list[Run]) -> pd.DataFrame:
    """One row per network and rule: medians over the seeds that reached the goal.

    A saving is how many times less was spent than with plain learning on the same seed, with its
    95 % bootstrap interval over seeds.
    """
    frame = name_cells(make_run_frame(runs))
    savings = {name: compute_savings(frame, name) for name in ENERGIES}
    rows = []
    for (network, rule), cell in frame.groupby(["network", "rule"], sort=False):
        reached = cell[cell["converged"].astype(bool)]
        row = {"network": network, "rule": rule, "reached": f"{len(reached)}/{len(cell)}"}
        row |= {name: reached[name].astype(float).median() for name in ("samples", "test", *ENERGIES)}
        for name in ENERGIES:
            row |= spread_estimate(f"{name} saving", estimate_median(savings[name][cell.index]))
        rows.append(row)
    return pd.DataFrame(rows)


def plot(data: pd.DataFrame) -> Figure:
    """Two panels of energy to the goal, then accuracy against energy, a column a network."""
    networks = list(dict.fromkeys(data["network"]))
    goals = [panel(_plot_goal, quantity=name, where={"panel": "goal"}) for name in ENERGIES]
    courses = [
        [
            panel(
                _plot_course,
                quantity=name,
                where={"panel": "course", "network": network},
                settings={"title": network} | ({} if network == networks[0] else {"ylabel": ""}),
            )
            for network in networks
        ]
        for name in ENERGIES
    ]
    alike = {"sharex": True, "sharey": True}
    share, ratios = [{}, alike, alike], [1, 0.8, 0.8]
    return Panels([goals, *courses], height_mm=180, height_ratios=ratios, share=share)(data)


def _plot_goal(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """Energy to the goal: the rules side by side within each network."""
    networks = list(dict.fromkeys(data["network"]))
    step = 0.78 / len(looks)
    for place, network in enumerate(networks):
        for rank, (label, look) in enumerate(looks.items()):
            cell = data[(data["network"] == network) & (data["label"] == label)]
            x = place + (rank - (len(looks) - 1) / 2) * step
            plot_place(cell, ax, quantity, look, x, half_width=0.42 * step)
    for border in range(1, len(networks)):
        ax.axvline(border - 0.5, color=GREY, linewidth=0.4, alpha=0.5)
    name_places(ax, networks)
    ax.set(yscale="log", xlim=(-0.5, len(networks) - 0.5), ylabel=name_axis(quantity))


def _plot_course(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """One line a run, from its first evaluation to its last, which a marker ends, open where it gave up.

    Accuracy is drawn on a logarithmic scale of the errors, so 80 to 90 % is as long as 90 to 95 %.
    """
    draw_line(ax, data["goal"].iloc[0])
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby("seed", sort=True):
            ax.plot(run[quantity], run["online"], color=look.colour, linewidth=0.7, alpha=0.8, zorder=2)
            ax.plot(
                run[quantity].iloc[-1],
                run["online"].iloc[-1],
                marker=look.marker,
                markersize=3.2,
                color=look.colour,
                markerfacecolor=look.colour if run["converged"].iloc[-1] else "white",
                markeredgewidth=0.7,
                linestyle="none",
                zorder=3,
            )
    ax.set_yscale("function", functions=(_errors_log, _errors_exp))
    ax.set(xscale="log", ylim=(0.0, 0.985), yticks=TICKS)
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    ax.set(xlabel=name_axis(quantity), ylabel="Online accuracy (%)")


def _errors_log(accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    # An accuracy of exactly 1 must stay on the page: one error in 10,000 is the least that is told apart.
    return -np.log10(np.maximum(1.0 - np.asarray(accuracy, np.float64), 1e-4))


def _errors_exp(position: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 - 10.0 ** -np.asarray(position, np.float64)


STUDY = Study(grid=GRID, quick=QUICK, analyse=analyse, summarize=summarize, plot=plot, caption=CAPTION)
