"""Where the energy goes: per input pixel, hidden cell and synapse, with plain and restricted learning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from bioplast.analysis.cells import say_seeds
from bioplast.analysis.interval import name_columns, spread_estimate
from bioplast.analysis.statistics import estimate_median
from bioplast.figures.style import BLACK, BLUE, DOUBLE_COLUMN_MM, GRAY, label_panel, make_figure
from bioplast.figures.ticks import label_log_axis
from bioplast.network import Layer
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.studies.tuned import read_tuned
from bioplast.training.config import RunConfig
from bioplast.training.run import set_up

Row = dict[str, Any]

HIDDEN = 100
# Networks, and the protocols of their runs.
NETWORKS: Mapping[str, Settings] = {
    "ann, centered": {"model": "ann", "protocol": "paper"},
    "ann, rates": {"model": "ann", "protocol": "standard"},
    "spiking": {"model": "spiking", "protocol": "standard"},
}
RULES = {"plain": "plain", "largest(f)": "largest"}  # by the kind that was tuned
# Of the published network, which was not tuned; its learning rates are its own.
PUBLISHED = {"plain": "plain", "largest(f)": "largest(0.02, output=0.2)"}
COLORS = {"plain": BLACK, "largest(f)": BLUE}
ENERGY_MAP, WEIGHT_MAP = "cividis", "RdBu_r"  # told apart with any common color blindness
MAPS = ("pixels", "fields")  # panels with a place for each pixel
N_FIELDS, GAP = 2, 1  # receptive fields along a side, and pixels between two
EDGES = np.logspace(-5, 2, 43)
STYLES: Mapping[str, Any] = {"path": "-", "net": (0, (4, 2))}
MEASURES = {"path": "length of the way", "net": "distance"}
SHARE = 0.1  # of pixels or cells, to say how unevenly energy is spread
VALUE = name_columns(["value"])
COLUMNS = ["panel", "network", "label", "rule", "x", "y", *VALUE, "n", "samples", "goal", "encoding"]

CAPTION = """
Where the energy of learning mnist to {goal} goes, plain and with the rule largest(f); a row each: {networks};
{hidden} hidden units; {n_seeds}. Rules: {rules}. Fractions and learning rates are those that were tuned
(bioplast run tuning), but for the published network (centered), which has its own.

a-c: energy per input pixel, the sum of |delta w| over its synapses, relative to the average pixel; mean over
seeds. d-f: receptive fields, the weights of the four hidden cells on which most was spent, seed 1, in the
colors of the strongest weight. g-i: energy per hidden cell relative to the average cell, from the dearest
on; medians over seeds. j-l: synapses onto hidden cells by the length of their way (sum of |delta w|, full)
and the distance they came (|w - w at first|, broken), as shares of all, those that never changed left out.

Share of the energy spent at the dearest tenth of the pixels: {pixels}. Runs: {unreached}. {missing}
"""


def make_cell(network: str, label: str) -> Settings:
    """What is run of a network and rule."""
    cell: Settings = {"network": network, "label": label}
    if NETWORKS[network]["protocol"] == "paper":
        return {**cell, "rule": PUBLISHED[label]}
    tuned = read_tuned(NETWORKS[network]["model"], RULES[label])
    return {**cell, "rule": tuned.rule, **tuned.options}


CELLS = [make_cell(network, label) for network in NETWORKS for label in RULES]
POINTS = Grid(cells=CELLS, goal=0.95, max_samples=250_000, seeds=5)
QUICK = Grid(cells=CELLS, goal=0.85, max_samples=6000)


def measure(point: dict[str, Any], project: Path) -> list[Row]:
    """Train a network and sum its books by pixel, by cell, and by size."""
    settings = {name: point[name] for name in ("rule", "seed", "goal", "max_samples")}
    options = {name: value for name, value in point.items() if name.startswith("learning_rate")}
    config = RunConfig(**NETWORKS[point["network"]], hidden=HIDDEN, options=options, **settings)
    setup = set_up(config, project=project)
    run = setup.carry_out()
    if run.state is None:
        raise RuntimeError("a run that was just carried out has a state")
    layer = run.state.layers[0]
    width = setup.protocol.task.shape[1]
    rows = [{"panel": "facts"} | {name: run.record[name] for name in ("samples", "converged", "encoding")}]
    rows += _sum_pixels(layer, width) + _sum_cells(layer) + _sort_synapses(layer)
    # A unit that is clamped to 1 has no receptive field.
    first = 1 if setup.model.settings.get("clamps_first") else 0
    return rows + (_show_fields(layer, width, first) if point["seed"] == 1 else [])


def _sum_pixels(layer: Layer, width: int) -> list[Row]:
    """Energy of each pixel; the input that is always on has no place."""
    m1 = layer.books.m1[:-1].sum(axis=1)
    return [_place("pixels", number, width, value) for number, value in enumerate(m1 / m1.mean())]


def _sum_cells(layer: Layer) -> list[Row]:
    m1 = np.sort(layer.books.m1.sum(axis=0))[::-1]
    ranks = (np.arange(m1.size) + 0.5) / m1.size
    return [
        {"panel": "cells", "x": float(rank), "value": float(value)}
        for rank, value in zip(ranks, m1 / m1.mean(), strict=True)
    ]


def _sort_synapses(layer: Layer) -> list[Row]:
    """Shares of synapses by the length of their way and by the distance they came."""
    net = np.abs(layer.weights.astype(np.float64) - layer.books.initial.astype(np.float64))
    centers = np.sqrt(EDGES[:-1] * EDGES[1:])
    rows = []
    for panel, sizes in (("path", layer.books.m1), ("net", net)):
        counts, _ = np.histogram(sizes, EDGES)
        for center, share in zip(centers, counts / sizes.size, strict=True):
            rows.append({"panel": panel, "x": float(center), "value": float(share)})
    return rows


def _show_fields(layer: Layer, width: int, first: int) -> list[Row]:
    """The weights of some cells as tiles of one picture."""
    m1 = layer.books.m1.sum(axis=0)
    m1[:first] = -1
    cells = np.argsort(-m1)[: N_FIELDS**2]
    rows = []
    for tile, cell in enumerate(cells):
        field: NDArray[np.float64] = layer.weights[:-1, cell].astype(np.float64)
        down, across = (place * (width + GAP) for place in divmod(tile, N_FIELDS))
        for number, value in enumerate(field / np.abs(field).max()):
            rows.append(_place("fields", number, width, value, down, across))
    return rows


def _place(panel: str, number: int, width: int, value: float, down: int = 0, across: int = 0) -> Row:
    y, x = divmod(number, width)
    return {"panel": panel, "x": x + across, "y": y + down, "value": float(value)}


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, ``network`` and ``label``: means over seeds, of cells medians."""
    parts = []
    averages = {"pixels": "mean", "fields": "first", "cells": "median", "path": "mean", "net": "mean"}
    for panel, how in averages.items():
        places = ["x", "y"] if panel in MAPS else ["x"]
        shown = rows[rows["panel"] == panel]
        groups = shown.groupby(["panel", "network", "label", *places], sort=False)["value"]
        parts.append(groups.agg(how).reset_index())
    for panel in ("pixels", "cells"):
        parts.append(find_shares(rows, panel).assign(panel=f"{panel} share"))
    facts = rows[rows["panel"] == "facts"].groupby(["network", "label"], sort=False)
    counted = facts.agg(
        n=("seed", "nunique"),
        value=("converged", lambda reached: int(reached.astype(bool).sum())),
        samples=("samples", "median"),
        **{name: (name, "first") for name in ("rule", "goal", "encoding")},
    )
    parts.append(counted.reset_index().assign(panel="facts"))
    return pd.concat(parts).reindex(columns=COLUMNS).reset_index(drop=True)


def find_shares(rows: pd.DataFrame, panel: str) -> pd.DataFrame:
    """Share of the energy spent at the dearest tenth of ``panel`` (pixels, cells): a row a network and rule.

    Columns: ``network``, ``label``, ``value`` with the ends of its interval, ``n``.
    """
    found = []
    for (network, label), cell in rows[rows["panel"] == panel].groupby(["network", "label"], sort=False):
        values = cell.groupby("seed")["value"]
        dearest = values.apply(lambda seed: seed.nlargest(round(SHARE * len(seed))).sum())
        estimate = estimate_median(dearest / values.sum())
        row = {"network": network, "label": label, "n": estimate.n}
        found.append(row | spread_estimate("value", estimate))
    return pd.DataFrame(found)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """Per network and rule: samples, and how unevenly energy is spread over pixels and cells."""
    table = data[data["panel"] == "facts"].set_index(["network", "label"])
    table["reached"] = [f"{row['value']:.0f}/{row['n']:.0f}" for _, row in table.iterrows()]
    table = table[["rule", "encoding", "reached", "samples"]]
    for name in ("pixels", "cells"):
        shares = data[data["panel"] == f"{name} share"].set_index(["network", "label"])[VALUE]
        table = table.join(shares.set_axis(name_columns([f"share of {name}"]), axis="columns"))
    return table.reset_index().drop(columns="label")


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, in words."""
    facts = data[data["panel"] == "facts"]
    shares = data[data["panel"] == "pixels share"].astype({"value": float})
    return {
        "hidden": str(HIDDEN),
        "n_seeds": say_seeds(facts),
        "goal": ", ".join(f"{100 * goal:g} %" for goal in facts["goal"].unique()),
        "networks": _say("{network} (input encoding '{encoding}')", facts.drop_duplicates("network")),
        "rules": _say("{rule} ({network})", facts[facts["label"] != "plain"]),
        "pixels": _say("{network} {value:.0f} % ({label})", shares.assign(value=100 * shares["value"])),
        "unreached": _say(
            "{network}, {label}: {value:.0f} of {n:.0f} got there", facts[facts["value"] < facts["n"]]
        )
        or "every run got there",
    }


def _say(text: str, rows: pd.DataFrame) -> str:
    return ", ".join(text.format(**row) for _, row in rows.iterrows())


def headline(data: pd.DataFrame) -> str:
    """How unevenly energy is spread over pixels, with inputs that are centered and with rates."""
    shares = data[data["panel"] == "pixels share"].set_index(["network", "label"])["value"]
    cells = [("ann, centered", "plain"), ("ann, centered", "largest(f)"), ("spiking", "plain")]
    if not all(cell in shares for cell in cells):
        return ""
    plain, largest, spiking = (f"{100 * shares[cell]:.0f} %" for cell in cells)
    return (
        f"With centered input the dearest tenth of the pixels takes {plain} of plain learning's energy, "
        f"and {largest} if only the largest changes are written; with spikes for input it is {spiking} anyway"
    )


def plot(data: pd.DataFrame) -> Figure:
    """A row each network: maps, receptive fields, cells and synapses."""
    figure = make_figure(DOUBLE_COLUMN_MM, 122)
    networks = list(data["network"].unique())
    axes = figure.subplots(len(networks), 6, width_ratios=[1, 1, 1, 1, 1.15, 1.15], squeeze=False)
    letters = iter("abcdefghijklmnopqrstuvwx")
    marked = [[next(letters) for _ in networks] for _ in range(4)]
    for number, (row, network) in enumerate(zip(axes, networks, strict=True)):
        part = data[data["network"] == network]
        maps = part[part["panel"] == "pixels"]
        for ax, field_ax, label in zip(row[:2], row[2:4], RULES, strict=True):
            chosen = maps[maps["label"] == label]
            image = _plot_image(chosen, ax, ENERGY_MAP, 0.0, float(maps["value"].max()))
            fields = part[(part["panel"] == "fields") & (part["label"] == label)]
            strongest = float(fields["value"].abs().max())
            _plot_image(fields, field_ax, WEIGHT_MAP, -strongest, strongest)
            for top in (ax, field_ax) if number == 0 else ():
                top.set_title(label)
        figure.colorbar(image, ax=row[1], fraction=0.05, pad=0.02)
        row[0].set_ylabel(network)
        _plot_ranks(part[part["panel"] == "cells"], row[4])
        _plot_sizes(part[part["panel"].isin(STYLES)], row[5])
        for ax, column in zip((row[0], row[2], row[4], row[5]), marked, strict=True):
            label_panel(ax, column[number])
    for ax, name in zip(axes[-1], [*["Pixel"] * 4, "Hidden cells", "Size"], strict=True):
        ax.set_xlabel(name)
    handles = [Line2D([], [], color=color, label=label) for label, color in COLORS.items()]
    handles += [
        Line2D([], [], color=GRAY, linestyle=STYLES[panel], label=MEASURES[panel]) for panel in STYLES
    ]
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles))
    return figure


def _plot_image(data: pd.DataFrame, ax: Axes, colors: str, low: float, high: float) -> AxesImage:
    """``value`` at ``x`` and ``y``; places without one stay white."""
    image = np.full((int(data["y"].max()) + 1, int(data["x"].max()) + 1), np.nan)
    image[data["y"].astype(int), data["x"].astype(int)] = data["value"]
    drawn = ax.imshow(image, cmap=colors, vmin=low, vmax=high, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return drawn


def _plot_ranks(data: pd.DataFrame, ax: Axes) -> None:
    """The energy of cells at their rank."""
    for label, color in COLORS.items():
        line = data[data["label"] == label].sort_values("x")
        ax.plot(line["x"], line["value"], color=color)
    ax.set(xlim=(0, 1), ylim=(0, None), ylabel="Energy (average: 1)")


def _plot_sizes(data: pd.DataFrame, ax: Axes) -> None:
    """Which share of synapses has a size, by what is measured of them."""
    for label, color in COLORS.items():
        for panel, dashes in STYLES.items():
            line = data[(data["label"] == label) & (data["panel"] == panel)].sort_values("x")
            ax.plot(line["x"], line["value"], color=color, linestyle=dashes, linewidth=0.8)
    ax.set(xscale="log", ylabel="Share of synapses")
    label_log_axis(ax.xaxis, most_decades=3)


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
