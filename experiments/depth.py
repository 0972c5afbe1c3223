"""Depth: what learning costs with one, two and three hidden layers, and in which of them it is spent."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import compare_with_plain, count_reached, stack, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import plot_place
from bioplast.figures.style import GRAY, make_looks
from bioplast.plasticity import Plasticity
from bioplast.sizes import Hidden, list_sizes
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.studies.tuned import read_tuned
from bioplast.training.record import Run

N_INPUTS, N_CLASSES = 784, 10
WIDTH, DEPTHS = 100, (1, 2, 3)
# First weights with which activity passes three layers, the same at each depth.
OPTIONS: dict[str, Settings] = {
    "ann": {"sd_hidden": 0.05, "sd_output": 0.1},
    "rate": {"sd_hidden": 0.05, "sd_output": 0.1},
    "spiking": {"sd_between": 0.1},
}
KINDS = {"plain": "plain", "largest": "largest", "subnet": "subnet", "both": "subnet + largest"}  # as tuned
TUNED = {(model, label): read_tuned(model, kind) for model in OPTIONS for label, kind in KINDS.items()}
LABELS = tuple(KINDS)
GOAL = 0.93
QUANTITIES = ("m0", "m1", "samples")
COMPARISONS = {"width": "-", "synapses": "--"}  # what is the same at each depth, and how its line is drawn
SHOWN = ("plain", "largest")  # whose writes are shown by layer

CAPTION = """
What learning {task} to {goal} (validation) costs with one, two and three hidden layers; input encoding
'{encoding}'; {n}. Rules: largest, the largest changes of each layer of synapses; subnet, paths through some
units of each layer; both: {rules}. Lines: {width} units in each layer; broken lines: fewer units in each, so
that there are as many synapses as with one layer of {width}: {sizes}. First weights are the same at each
depth; fractions, numbers of units and learning rates are those tuned with one hidden layer and its own first
weights (bioplast run tuning), at depth 2 and 3 too.

a-c: writes to the goal, a marker a run, open where it gave up; lines: medians. d-f: how many times less than
plain learning in the same network on the same seed; medians. g-i: share of the writes of each layer of
synapses with {width} units, from the input (dark) to the output (light); a bar a rule, plain and largest;
medians.

Saved writes (M0) at depth {depths}, equal width: {saved}. {missing}
"""


def count_synapses(hidden: Hidden) -> int:
    """Synapses of a network, biases included."""
    sizes = (N_INPUTS, *list_sizes(hidden), N_CLASSES)
    return sum((pre + 1) * post for pre, post in pairwise(sizes))


def find_width(depth: int) -> int:
    """Units a layer with which a network of ``depth`` has about as many synapses as one of depth 1.

    That is w with a w^2 + b w = c, from ``count_synapses``, rounded.
    """
    a, b = depth - 1, N_INPUTS + 1 + depth - 1 + N_CLASSES
    c = count_synapses(WIDTH) - N_CLASSES
    return WIDTH if a == 0 else round((sqrt(b * b + 4 * a * c) - b) / (2 * a))


def list_hidden(depths: tuple[int, ...]) -> list[Hidden]:
    """Hidden layers of all networks: at each depth of equal width, and with equally many synapses."""
    sizes = [(width,) * depth for depth in depths for width in dict.fromkeys((WIDTH, find_width(depth)))]
    return [size if len(size) > 1 else size[0] for size in sizes]


def list_cells(depths: tuple[int, ...]) -> list[Settings]:
    """Every network with every rule."""
    return [
        {"model": model, "rule": tuned.rule, "hidden": hidden, "options": {**OPTIONS[model], **tuned.options}}
        for (model, _), tuned in TUNED.items()
        for hidden in list_hidden(depths)
    ]


GRID = Grid(cells=list_cells(DEPTHS), seeds=5, goal=GOAL, max_samples=150_000)
QUICK = Grid(cells=list_cells((1, 2)), goal=0.85, max_samples=12_000)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``spent``, ``saving`` and ``layer``.

    ``same`` is what is equal at each depth: ``width`` or ``synapses``. ``layer`` numbers layers of synapses
    from the input on; their ``share`` is of all writes of a run.
    """
    frame = make_run_frame(runs)
    names = {(model, str(Plasticity.parse(tuned.rule))): label for (model, label), tuned in TUNED.items()}
    sizes = [list_sizes(run.record["hidden"]) for run in runs]
    frame["label"] = [names[cell] for cell in zip(frame["model"], frame["rule"], strict=True)]
    frame["depth"], frame["width"] = [len(size) for size in sizes], [size[0] for size in sizes]
    is_same = {
        "width": frame["width"] == WIDTH,
        "synapses": frame["width"] == frame["depth"].map(find_width),
    }
    both = [frame[rows].assign(same=same).reset_index(drop=True) for same, rows in is_same.items()]
    cells = ["same", "model", "depth", "width", "label"]
    spent = [with_medians(part, cells, QUANTITIES) for part in both]
    savings = [compare_with_plain(part, cells, QUANTITIES, ("model", "depth", "seed")) for part in both]
    parts = [
        *(part.assign(panel="spent") for part in spent),
        *(part.assign(panel="saving", kind="median") for part in savings),
        _share_writes(frame, runs).assign(panel="layer", kind="median", same="width"),
    ]
    columns = ["panel", "kind", *cells, "layer", "share", "goal", "seed", "converged", "n", "reached"]
    return stack(parts, [*columns, *name_columns(QUANTITIES)], whole=("depth", "width", "layer"))


def _share_writes(frame: pd.DataFrame, runs: list[Run]) -> pd.DataFrame:
    """Median share of each layer of synapses in the writes of a run, in networks of equal width."""
    rows = [
        {**names, "layer": place, "share": energy["m0"] / run.record["energy"]["m0"]}
        for names, run in zip(
            frame[["model", "depth", "width", "label"]].to_dict("records"), runs, strict=True
        )
        if names["width"] == WIDTH and names["label"] in SHOWN
        for place, energy in enumerate(run.record["energy"]["layers"].values(), start=1)
    ]
    columns = ["model", "depth", "width", "label", "layer"]
    shares = pd.DataFrame(rows, columns=[*columns, "share"])
    return shares.groupby(columns, sort=False)["share"].median().reset_index()


def find_savings(data: pd.DataFrame, model: str, label: str, same: str = "width") -> pd.DataFrame:
    """By depth, how many times less than plain learning a rule took: ``m0``, ``m1`` and ``samples``."""
    rows = data[(data["panel"] == "saving") & (data["same"] == same)]
    rows = rows[(rows["model"] == model) & (rows["label"] == label)]
    return rows.set_index("depth")[[*name_columns(QUANTITIES), "n"]].astype(float)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a network and rule: runs that got there, medians, and savings."""
    cells = ["same", "model", "depth", "width", "label"]
    savings = data[data["panel"] == "saving"].set_index(cells)[list(QUANTITIES)]
    table = count_reached(data[data["panel"] == "spent"], [*cells, "reached", *QUANTITIES])
    return table.join(savings.add_suffix(" saving"), on=cells)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    spent = data[data["panel"] == "spent"]
    depths = sorted(int(depth) for depth in spent["depth"].unique())
    counts = spent[spent["kind"] == "median"]["n"]
    said = []
    for model in dict.fromkeys(spent["model"]):
        rules = []
        for label in LABELS[1:]:
            saved = find_savings(data, model, label).reindex(depths)["m0"]
            rules.append(f"{label} {', '.join('-' if pd.isna(value) else f'{value:.3g}' for value in saved)}")
        said.append(f"{model}: {'; '.join(rules)}")
    return {
        "n": f"n = {int(counts.max())} seed{'s' * (int(counts.max()) > 1)}",
        "width": str(WIDTH),
        "sizes": ", ".join(f"{find_width(depth)} at depth {depth}" for depth in depths if depth > 1),
        "depths": ", ".join(map(str, depths)),
        "saved": ". ".join(said),
    }


def headline(data: pd.DataFrame) -> str:
    """What both restrictions save with one hidden layer and with the most, network by network."""
    said = []
    deepest = int(data["depth"].max())
    for model in dict.fromkeys(data["model"]):
        saved = find_savings(data, model, "both").reindex([1, deepest])["m0"]
        if saved.notna().all():
            said.append(f"{model} {saved[1]:.2g} and {saved[deepest]:.2g}")
    if not said:
        return ""
    return (
        f"Times fewer writes with large changes on paths than plain, with one and {deepest} hidden layers: "
        f"{', '.join(said)}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """A column a network: writes and savings against depth, and writes by layer."""
    models = list(dict.fromkeys(data["model"]))
    rows = []
    for draw, name, label in (
        (_plot_spent, "spent", name_axis("m0")),
        (_plot_saving, "saving", "Times fewer writes than plain"),
        (_plot_shares, "layer", "Share of the writes"),
    ):
        rows.append(
            [
                panel(
                    draw,
                    where={"panel": name, "model": model},
                    settings={"ylabel": label if model == models[0] else ""}
                    | ({"title": model} if name == "spent" else {}),
                )
                for model in models
            ]
        )
    share = {"sharey": True}
    return Panels(rows, height_mm=170, looks=make_looks(LABELS), share=[share] * 3)(data)


def _plot_spent(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Writes to the goal: a marker a run, open where it gave up, and a line through medians."""
    for rank, (label, look) in enumerate(looks.items()):
        rows = data[data["label"] == label]
        for same, style in COMPARISONS.items():
            medians = rows[(rows["kind"] == "median") & (rows["same"] == same)].sort_values("depth")
            ax.plot(medians["depth"].astype(float), medians["m0"].astype(float), style, color=look.color)
        for depth, cell in rows[(rows["kind"] == "run") & (rows["same"] == "width")].groupby("depth"):
            place = float(depth) + 0.07 * (rank - 1.5)
            plot_place(cell, ax, "m0", look, place, half_width=0.03, size=2.5)
    _name_depths(ax)
    ax.set(yscale="log")


def _plot_saving(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """How many times fewer writes than plain learning, medians over seeds."""
    for label, look in looks.items():
        for same, style in COMPARISONS.items():
            rows = data[(data["label"] == label) & (data["same"] == same)].sort_values("depth")
            x, y = rows["depth"].astype(float), rows["m0"].astype(float)
            face = look.color if same == "width" else "white"
            ax.plot(x, y, style, color=look.color, marker=look.marker, markerfacecolor=face, markersize=3.5)
    draw_line(ax, 1)
    _name_depths(ax)
    ax.set_ylim(bottom=0)


def _plot_shares(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Writes by layer of synapses, the input's at the bottom; at each depth a bar a rule."""
    for rank, label in enumerate(SHOWN):
        for depth, bar in data[data["label"] == label].groupby("depth"):
            bottom, place = 0.0, float(depth) + 0.36 * (rank - 0.5)
            for layer, share in zip(bar["layer"], bar["share"].astype(float), strict=True):
                strength = 1 - 0.8 * (int(layer) - 1) / int(depth)
                color = looks[label].color
                ax.bar(place, share, 0.3, bottom, color=color, alpha=strength, edgecolor=GRAY, linewidth=0.4)
                bottom += share
    _name_depths(ax)
    ax.set_ylim(0, 1)


def _name_depths(ax: Axes) -> None:
    ax.set(xlabel="Hidden layers", xticks=DEPTHS, xlim=(DEPTHS[0] - 0.5, DEPTHS[-1] + 0.5))


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
