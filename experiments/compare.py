"""What learning costs in three networks, with plain and with restricted plasticity.

One task, three networks, four restrictions beside plain learning, one set of books. Each network
learns until its validation accuracy is at the goal; what its synapses have spent by then is compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.statistics import Estimate, compute_savings, estimate_median
from bioplast.figures.accuracy import plot_accuracy_against_energy
from bioplast.figures.energy import plot_energy_to_goal
from bioplast.figures.style import DOUBLE_COLUMN_MM, Look, label_panel, make_figure, make_looks
from bioplast.plasticity import Plasticity
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training.config import RunConfig
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

GOAL, SEEDS = 0.95, 3
QUICK_GOAL, QUICK_SEEDS, QUICK_MAX_SAMPLES = 0.90, 1, 20_000

# About how many images a second each network learns from, and seconds that building it takes.
SPEED = {"ann": 20_000, "rate": 12_000, "spiking": 3_500}
USUAL_SAMPLES = 70_000  # of a run
BUILD_SECONDS = {"ann": 1, "rate": 2, "spiking": 4}

ENERGIES = ("m0", "m1")

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


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Networks x rules x seeds; the quick form stops at a lower goal and gives up earlier."""
    default, goal, max_samples = (
        (QUICK_SEEDS, QUICK_GOAL, QUICK_MAX_SAMPLES) if quick else (SEEDS, GOAL, None)
    )
    return [
        config
        for model, rules in RULES.items()
        for config in make_product(
            model=model,
            rule=list(rules.values()),
            seed=make_seeds(default if seeds is None else seeds),
            hidden=HIDDEN[model],
            goal=goal,
            max_samples=max_samples,
        )
    ]


def expected_seconds(config: RunConfig) -> float:
    """Compilation, and as many images as most runs take."""
    n_images = min(config.max_samples or USUAL_SAMPLES, USUAL_SAMPLES)
    return BUILD_SECONDS[config.model] + n_images / SPEED[config.model]


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``goal`` (a, b) or ``course`` (c to h).

    ``goal`` has a row per run (``kind`` run) and one per network and rule (``kind`` median, of the runs
    that reached the goal); ``course`` has a row per run and evaluation.
    """
    frame = _name_cells(make_run_frame(runs))
    ends = frame[["network", "rule", "seed", "converged", "goal"]]
    course = _name_cells(make_trace_frame(runs)).merge(ends)
    parts = [
        frame.assign(panel="goal", kind="run"),
        _compute_medians(frame).assign(panel="goal", kind="median"),
        course.assign(panel="course", kind="run"),
    ]
    columns = ["panel", "kind", "network", "label", "rule", "seed", "converged", "goal", "samples", "online"]
    data = pd.concat([part.reindex(columns=[*columns, *ENERGIES]).astype(object) for part in parts])
    return data.infer_objects().astype({"seed": "Int64"}).reset_index(drop=True)


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per network and rule: medians over the seeds that reached the goal.

    A saving is how many times less was spent than with plain learning on the same seed, with its
    95 % bootstrap interval over seeds.
    """
    frame = _name_cells(make_run_frame(runs))
    savings = {name: compute_savings(frame, name) for name in ENERGIES}
    rows = []
    for (network, rule), cell in frame.groupby(["network", "rule"], sort=False):
        reached = cell[cell["converged"].astype(bool)]
        row = {"network": network, "rule": rule, "reached": f"{len(reached)}/{len(cell)}"}
        for name in ("samples", "test", *ENERGIES):
            row[name] = estimate_median(reached[name].astype(float)).median
        for name in ENERGIES:
            row |= _describe_saving(name, estimate_median(savings[name][cell.index]))
        rows.append(row)
    return pd.DataFrame(rows)


def plot(data: pd.DataFrame) -> Figure:
    """Two panels of energy to the goal, then accuracy against energy, a column a network."""
    looks = make_looks(data["label"])
    networks = list(dict.fromkeys(data["network"]))
    figure = make_figure(DOUBLE_COLUMN_MM, 180)
    parts = figure.add_gridspec(2, 1, height_ratios=[1, 1.6])
    top, bottom = figure.add_subfigure(parts[0]), figure.add_subfigure(parts[1])
    letters = iter("abcdefghijklmnop")
    for ax, name in zip(top.subplots(1, 2), ENERGIES, strict=True):
        plot_energy_to_goal(data[data["panel"] == "goal"], ax, name, looks)
        label_panel(ax, next(letters))
    course = data[data["panel"] == "course"]
    axes = bottom.subplots(len(ENERGIES), len(networks), sharex="row", sharey=True, squeeze=False)
    for row, name in zip(axes, ENERGIES, strict=True):
        for ax, network in zip(row, networks, strict=True):
            runs = course[course["network"] == network]
            plot_accuracy_against_energy(runs, ax, name, looks, goal=data["goal"].iloc[0])
            label_panel(ax, next(letters))
            ax.set_title(network)
        for ax in row[1:]:
            ax.set_ylabel("")
    _draw_legend(top, looks)
    return figure


def _draw_legend(figure: SubFigure, looks: dict[str, Look]) -> None:
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=label) for label, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))


def _name_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns ``network`` and ``label``, the kind of rule, in the order of ``RULES``."""
    labels = {
        (model, str(Plasticity.parse(rule))): label
        for model, rules in RULES.items()
        for label, rule in rules.items()
    }
    cells = list(zip(frame["model"], frame["rule"], strict=True))
    return frame.assign(network=frame["model"], label=[labels[cell] for cell in cells])


def _compute_medians(frame: pd.DataFrame) -> pd.DataFrame:
    reached = frame[frame["converged"].astype(bool)]
    cells = ["network", "label", "rule", "goal"]
    return reached.groupby(cells, sort=False)[["samples", *ENERGIES]].median().reset_index()


def _describe_saving(name: str, saving: Estimate) -> dict[str, float]:
    return {
        f"{name} saving": saving.median,
        f"{name} saving low": saving.low,
        f"{name} saving high": saving.high,
    }
