"""Lazy learning: what learning from mistakes only saves, and whether that survives if spikes are charged."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, NullFormatter

from bioplast.analysis.cells import stack
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import say, say_each
from bioplast.analysis.statistics import compute_savings
from bioplast.analysis.totals import compare_totals
from bioplast.analysis.usage import count_usage
from bioplast.analysis.words import join_words, say_factor
from bioplast.energy.prices import load_presets
from bioplast.figures.labels import SYMBOLS, name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import name_places, plot_place
from bioplast.figures.style import GRAY, make_looks
from bioplast.figures.totals import plot_relative_totals
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.studies.tuned import read_tuned
from bioplast.training.record import Run

PLAIN, SPIKING = "plain", "spiking"
PUBLISHED = "ann, softmax"  # the network that the claim was made of
RULES = {
    PUBLISHED: (PLAIN, "lazy", "lazy(confidence=0.2)"),
    "ann": (PLAIN, "lazy", "lazy(confidence=0.2)"),
    SPIKING: (PLAIN, "lazy"),
}
QUANTITIES = ("m1", "m0", "samples")
CLAIMED = {"m1": 2.2, "samples": 0.5}  # times less than plain: half is twice as many
PRESET = load_presets()["scaled"]  # prices that fit the cells
PRICES = {"m0": np.logspace(3, 9, 61), "m1": np.logspace(6, 14, 81)}  # of a write, of a unit of m1; ATP
CHARGED = {"m0": "Price of a write (ATP)", "m1": "Price of a unit of $M_1$ (ATP)"}

CAPTION = """
Lazy learning on {task} to {goal}: only images that are answered wrongly are learned from, or, with a
confidence of 0.2, also those answered rightly with a probability (softmax of the output) below 0.2. ann,
softmax: as in Pache & van Rossum (2023), rectified units, softmax and cross-entropy, learning rate {rate},
first weights N(0, 1/inputs), pixels as they are, standard protocol; ann: paper protocol, which stops on the
test set; spiking: standard protocol; hidden units: {hidden}; input encodings: {encoding}; {cell_seeds}.

a: M1 against samples seen, ann with softmax, one line a run, until the goal.

b-d: how many times less than plain learning on the same seed; below 1 it is more. Samples are all that were
seen, learned from or not. One marker a seed, bars: medians; crosses: claimed, of the network of b.
b: {published} c: {ann} d: the spiking network, where lazy learning saves writes too: {spiking}

e, f: signalling and plasticity together in the spiking network, relative to plain learning, by the price of a
write and of a unit of M1, spikes and vesicles at the prices of the preset {preset}. Above 1 lazy learning
loses: {paying} {missing}
"""

RATE = 0.001
OPTIONS = {
    "loss": "cross-entropy",
    "error_slope": 0.0,
    "learning_rate": RATE,
    "learning_rate_output": RATE,
    "sd_hidden": round(784**-0.5, 4),
    "sd_output": round(100**-0.5, 4),
}
SOFTMAX: Settings = {"model": "ann", "rule": RULES[PUBLISHED], "hidden": 100, "options": OPTIONS}
ANN: Settings = {"model": "ann", "rule": RULES["ann"], "hidden": 100, "protocol": "paper"}
# Plain learning in spikes is that of the comparison.
SPIKES: Settings = {**read_tuned(SPIKING, PLAIN).cell, "rule": RULES[SPIKING], "hidden": 100}
GRID = [
    Grid(seeds=10, max_samples=1_000_000, interval=5000, **SOFTMAX),
    Grid(seeds=10, **ANN),
    Grid(seeds=5, **SPIKES),
]
QUICK = [
    Grid(**SOFTMAX, goal=0.7, max_samples=20_000),
    Grid(**ANN, goal=0.90, max_samples=20_000),
    Grid(**SPIKES, goal=0.85, max_samples=10_000),
]


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel`` and ``network``; ``kind`` is run or median.

    ``course`` (a): a row an evaluation; ``saving`` (b, c): ``saving``, how many times less of ``quantity``
    than plain on the same seed; ``total`` (d, e): signalling and plasticity relative to plain by the
    ``price`` of a write (``quantity`` m0) or of a unit of m1; ``paying``: the ``price`` from which on a rule
    pays.
    """
    frame = _name_networks(make_run_frame(runs))
    course = _name_networks(make_trace_frame(runs))
    course = course[course["network"] == PUBLISHED].assign(panel="course", kind="run")
    names = ["panel", "kind", "network", "label", "quantity", "seed", "price", "saving", "total"]
    return stack(
        [course, _compare_energies(frame), _charge_spikes(frame, runs)], [*names, "samples", "m0", "m1"]
    )


def _name_networks(frame: pd.DataFrame) -> pd.DataFrame:
    is_published = frame["options"].str.contains("cross-entropy", regex=False)
    return frame.assign(label=frame["rule"], network=frame["model"].mask(is_published, PUBLISHED))


def savings(data: pd.DataFrame, network: str = PUBLISHED, label: str = "lazy") -> pd.DataFrame:
    """How many times less than plain a rule took: ``value``, ``low``, ``high`` and ``n`` by quantity.

    For ``samples`` 0.5 means twice as many.
    """
    rows = data[(data["panel"] == "saving") & (data["kind"] == "run")]
    rows = rows[(rows["network"] == network) & (rows["label"] == label)]
    return estimate_by(rows, "saving", "quantity")


def paying_prices(data: pd.DataFrame, label: str = "lazy") -> pd.DataFrame:
    """ATP of a write (row ``m0``) and of a unit of m1 from which on a rule costs less than plain; spiking."""
    rows = data[(data["panel"] == "paying") & (data["label"] == label)]
    return estimate_by(rows, "price", "quantity")


def summarize(runs: list[Run]) -> pd.DataFrame:
    """One row a network and rule: runs that got there, medians, and savings."""
    frame = _name_networks(make_run_frame(runs))
    data = _compare_energies(frame)
    rows = []
    for (network, rule), cell in frame.groupby(["network", "rule"], sort=False):
        reached = cell[cell["converged"].astype(bool)]
        row = {"network": network, "rule": rule, "reached": f"{len(reached)}/{len(cell)}"}
        row |= {name: reached[name].astype(float).median() for name in ("samples", "test", "m0", "m1")}
        saved = savings(data, network, rule)["value"]
        rows.append(row | {f"{name} saving": saved.get(name, np.nan) for name in QUANTITIES})
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    runs = data[(data["panel"] == "saving") & (data["kind"] == "run")]
    seeds = runs.groupby("network", sort=False)["seed"].nunique()
    paying = " and ".join(
        f"{say(row, '.2g')} ATP a {'write' if name == 'm0' else 'unit of M1'}"
        for name, row in paying_prices(data).iterrows()
    )
    said = {
        network: "; ".join(
            f"{label}: {say_each(savings(data, network, label), '.2g')}" for label in RULES[network][1:]
        )
        for network in RULES
    }
    return {
        "cell_seeds": ", ".join(f"n = {n} ({network})" for network, n in seeds.items()),
        "preset": PRESET.name,
        "rate": f"{RATE:g}",
        "published": f"{said[PUBLISHED]}.",
        "ann": f"{said['ann']}.",
        "spiking": f"{said[SPIKING]}.",
        "paying": f"it pays from {paying} on.",
    }


def headline(data: pd.DataFrame) -> str:
    """What lazy learning saves, and what it takes, in the network of the claim and in spikes."""
    saved = {network: savings(data, network)["value"] for network in (PUBLISHED, SPIKING)}
    pays = paying_prices(data)["value"].get("m0")
    if any(not {"m1", "samples"} <= set(found.index) for found in saved.values()):
        return ""
    said = join_words(
        f"{say_factor(found['m1'])} times less M1 in {say_factor(1 / found['samples'])} times the samples "
        f"({name})"
        for name, found in saved.items()
    )
    charged = "does not pay" if pays is None or np.isnan(pays) else f"pays from {pays:.1e} ATP a write on"
    return f"Lazy learning takes {said}; with spikes charged it {charged}"


def plot(data: pd.DataFrame) -> Figure:
    """The course of the ann, and savings in both networks; below, the spiking network with spikes charged."""
    course = panel(_plot_course, quantity="m1", where={"panel": "course"})
    ratios = [
        panel(
            _plot_ratios,
            claimed=CLAIMED if network == PUBLISHED else {},
            where={"panel": "saving", "network": network},
            settings={"title": network} | ({} if network == PUBLISHED else {"ylabel": ""}),
        )
        for network in RULES
    ]
    totals = [
        panel(
            plot_relative_totals,
            label=label,
            where={"panel": "total", "quantity": quantity},
            settings={"title": SPIKING} | ({"ylabel": ""} if quantity == "m1" else {}),
        )
        for quantity, label in CHARGED.items()
    ]
    looks = make_looks(label for rules in RULES.values() for label in rules)
    share = [{}, {"sharey": True}]
    return Panels([[course, *ratios], totals], height_mm=125, looks=looks, share=share)(data)


def _plot_course(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """One line a run against the samples seen, ended by a marker."""
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby("seed", sort=True):
            ax.plot(run["samples"], run[quantity], color=look.color, linewidth=0.7)
            end = run["samples"].iloc[-1], run[quantity].iloc[-1]
            ax.plot(*end, color=look.color, marker=look.marker, linestyle="none", zorder=3)
    ax.set_xlim(left=0)
    ax.set_ylim(bottom=0)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(EngFormatter(sep=""))
    ax.set(xlabel=name_axis("samples"), ylabel=name_axis(quantity))


def _plot_ratios(data: pd.DataFrame, ax: Axes, looks: Looks, *, claimed: dict[str, float]) -> None:
    """How many times less than plain, a place a quantity; crosses are what was ``claimed``."""
    labels = [label for label in looks if (data["label"] == label).any()]
    step = 0.7 / max(len(labels), 1)
    for place, quantity in enumerate(QUANTITIES):
        for rank, label in enumerate(labels):
            cell = data[(data["label"] == label) & (data["quantity"] == quantity)]
            x = place + (rank - (len(labels) - 1) / 2) * step
            plot_place(cell, ax, "saving", looks[label], x, half_width=0.4 * step)
        if quantity in claimed:
            ax.plot(place + 0.46, claimed[quantity], color=GRAY, marker="x", linestyle="none", zorder=4)
    draw_line(ax, 1)
    ax.set(yscale="log", xlim=(-0.6, len(QUANTITIES) - 0.4), ylabel="Times less than plain")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    name_places(ax, [SYMBOLS[name] for name in QUANTITIES])


def _compare_energies(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for quantity in QUANTITIES:
        saving = compute_savings(frame, quantity, pairs=("network", "seed"))
        saved = frame.assign(quantity=quantity, saving=saving)
        parts.append(saved.loc[saved["rule"] != PLAIN, ["network", "label", "seed", "quantity", "saving"]])
    runs = pd.concat(parts).dropna(subset=["saving"])
    medians = runs.groupby(["network", "label", "quantity"], sort=False)["saving"].median().reset_index()
    return pd.concat([runs.assign(kind="run"), medians.assign(kind="median")]).assign(panel="saving")


def _charge_spikes(frame: pd.DataFrame, runs: list[Run]) -> pd.DataFrame:
    frame = frame.assign(spent=[PRESET.make_bill(count_usage(run)).signalling for run in runs])
    spiking = frame[(frame["network"] == SPIKING) & frame["converged"].astype(bool)]
    parts = []
    for quantity, prices in PRICES.items():
        totals = compare_totals(spiking.assign(m0=spiking[quantity]), prices).assign(kind="run")
        drawn = totals[totals["panel"] == "total"]
        medians = drawn.groupby(["panel", "label", "price"], sort=False)["total"].median().reset_index()
        parts += [part.assign(quantity=quantity) for part in (totals, medians.assign(kind="median"))]
    return pd.concat(parts, ignore_index=True).assign(network=SPIKING)


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    summarize=summarize,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
