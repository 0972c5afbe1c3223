"""Lazy learning: what learning from mistakes only saves, and whether that survives if spikes are charged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import say
from bioplast.analysis.statistics import compute_savings
from bioplast.analysis.totals import compare_totals
from bioplast.analysis.usage import count_usage
from bioplast.energy.prices import load_presets
from bioplast.figures.budget import plot_relative_totals
from bioplast.figures.course import plot_course
from bioplast.figures.ratios import plot_ratios
from bioplast.figures.style import DOUBLE_COLUMN_MM, label_panel, make_figure, make_looks
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

PLAIN, SPIKING = "plain", "spiking"
RULES = {"ann": (PLAIN, "lazy", "lazy(confidence=0.2)"), SPIKING: (PLAIN, "lazy")}
HIDDEN = {"ann": 100, SPIKING: 200}
PROTOCOLS = {"ann": "paper", SPIKING: "standard"}
SEEDS = {"ann": 5, SPIKING: 3}
GOAL, QUICK_GOAL, QUICK_SEEDS, QUICK_MAX_SAMPLES = 0.95, 0.90, 1, 20_000
USUAL_SAMPLES = 100_000  # of a run

QUANTITIES = ("m1", "m0", "samples")
CLAIMED = {"m1": 2.2, "samples": 0.5}  # times less than plain: half is twice as many
PRESET = load_presets()["rodent"]
PRICES = {"m0": np.logspace(5, 11, 61), "m1": np.logspace(8, 16, 81)}  # of a write, of a unit of m1; ATP
CHARGED = {"m0": "Price of a write (ATP)", "m1": "Price of a unit of $M_1$ (ATP)"}

CAPTION = """
Lazy learning on {task} to {goal}: only images that are answered wrongly are learned from, or, with a
confidence of 0.2, also those answered rightly with a probability (softmax of the output) below 0.2. ann:
paper protocol, which stops on the test set; spiking: standard protocol; hidden units: {hidden}; input
encodings: {encoding}; {cell_seeds}.

a: M1 against samples seen, ann, one line a run, until the goal.

b: how many times less than plain learning on the same seed, ann; below 1 it is more. Samples are all that
were seen, learned from or not. One marker a seed, bars: medians; crosses: claimed. {ann}

c: the same for the spiking network, where lazy learning saves writes too: {spiking}

d, e: signalling and plasticity together in the spiking network, relative to plain learning, by the price of a
write and of a unit of M1, spikes and vesicles at the prices of the preset {preset}. Above 1 lazy learning
loses: {paying} {missing}
"""


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Rules x seeds, of two networks."""
    configs = []
    for model, rules in RULES.items():
        default = QUICK_SEEDS if quick else SEEDS[model]
        configs += make_product(
            model=model,
            rule=list(rules),
            seed=make_seeds(default if seeds is None else min(seeds, SEEDS[model])),
            hidden=HIDDEN[model],
            protocol=PROTOCOLS[model],
            goal=QUICK_GOAL if quick else GOAL,
            max_samples=QUICK_MAX_SAMPLES if quick else None,
        )
    return configs


def expected_seconds(config: RunConfig) -> float:
    """Compilation where there is any, and learning."""
    n_images = min(config.max_samples or USUAL_SAMPLES, USUAL_SAMPLES)
    return 4 + n_images / 2500 if config.model == SPIKING else 1 + n_images / 30_000


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel`` and ``network``; ``kind`` is run or median.

    ``course`` (a): a row an evaluation; ``saving`` (b, c): ``saving``, how many times less of ``quantity``
    than plain on the same seed; ``total`` (d, e): signalling and plasticity relative to plain by the
    ``price`` of a write (``quantity`` m0) or of a unit of m1; ``paying``: the ``price`` from which on a rule
    pays.
    """
    frame = make_run_frame(runs)
    frame["label"], frame["network"] = frame["rule"], frame["model"]
    course = make_trace_frame(run for run in runs if run.record["model"] == "ann")
    course = course.assign(label=course.get("rule"), network="ann", panel="course", kind="run")
    parts = [course, _compare_energies(frame), _charge_spikes(frame, runs)]
    names = ["panel", "kind", "network", "label", "quantity", "seed", "price", "saving", "total"]
    shown = [*names, "samples", "m0", "m1"]
    data = pd.concat([part.reindex(columns=shown).astype(object) for part in parts], ignore_index=True)
    return data.infer_objects().astype({"seed": "Int64"})


def savings(data: pd.DataFrame, network: str = "ann", label: str = "lazy") -> pd.DataFrame:
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


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a network and rule: runs that got there, medians, and savings."""
    frame, data = make_run_frame(runs), analyse(runs)
    rows = []
    for (network, rule), cell in frame.groupby(["model", "rule"], sort=False):
        reached = cell[cell["converged"].astype(bool)]
        row = {"network": network, "rule": rule, "reached": f"{len(reached)}/{len(cell)}"}
        row |= {name: reached[name].astype(float).median() for name in ("samples", "test", "m0", "m1")}
        saved = savings(data, network, rule)["value"]
        row |= {f"{name} saving": saved.get(name, np.nan) for name in QUANTITIES}
        rows.append(row)
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    runs = data[(data["panel"] == "saving") & (data["kind"] == "run")]
    seeds = runs.groupby("network", sort=False)["seed"].nunique()
    paying = paying_prices(data)
    return {
        "cell_seeds": ", ".join(f"n = {n} ({network})" for network, n in seeds.items()),
        "preset": PRESET.name,
        "ann": "; ".join(f"{label}: {_say_savings(data, 'ann', label)}" for label in RULES["ann"][1:]) + ".",
        "spiking": _say_savings(data, SPIKING, "lazy") + ".",
        "paying": "it pays from "
        + " and ".join(
            f"{say(row, '.2g')} ATP a {'write' if name == 'm0' else 'unit of M1'}"
            for name, row in paying.iterrows()
        )
        + " on.",
    }


def plot(data: pd.DataFrame) -> Figure:
    """The course of the ann, and savings in both networks; below, the spiking network with spikes charged."""
    figure = make_figure(DOUBLE_COLUMN_MM, 125)
    parts = figure.add_gridspec(2, 1)
    upper = figure.add_subfigure(parts[0]).subplots(1, 3)
    lower = figure.add_subfigure(parts[1]).subplots(1, 2, sharey=True)
    looks = make_looks(label for rules in RULES.values() for label in rules)
    plot_course(data[data["panel"] == "course"], upper[0], "m1", looks)
    saving = data[data["panel"] == "saving"]
    for ax, network in zip(upper[1:], RULES, strict=True):
        rows = saving[saving["network"] == network]
        plot_ratios(rows, ax, looks, QUANTITIES, claimed=CLAIMED if network == "ann" else {})
        ax.set_title(network)
    for ax, (quantity, label) in zip(lower, CHARGED.items(), strict=True):
        rows = data[(data["panel"] == "total") & (data["quantity"] == quantity)]
        plot_relative_totals(rows, ax, looks, label=label)
        ax.set_title(SPIKING)
    lower[1].set_ylabel("")
    for ax, letter in zip([*upper, *lower], "abcde", strict=True):
        label_panel(ax, letter)
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=name) for name, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def _compare_energies(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for quantity in QUANTITIES:
        saved = frame.assign(quantity=quantity, saving=compute_savings(frame, quantity))
        parts.append(saved.loc[saved["rule"] != PLAIN, ["network", "label", "seed", "quantity", "saving"]])
    runs = pd.concat(parts).dropna(subset=["saving"])
    medians = runs.groupby(["network", "label", "quantity"], sort=False)["saving"].median().reset_index()
    return pd.concat([runs.assign(kind="run"), medians.assign(kind="median")]).assign(panel="saving")


def _charge_spikes(frame: pd.DataFrame, runs: Sequence[Run]) -> pd.DataFrame:
    frame = frame.assign(spent=[PRESET.make_bill(count_usage(run)).signalling for run in runs])
    spiking = frame[(frame["model"] == SPIKING) & frame["converged"].astype(bool)]
    parts = []
    for quantity, prices in PRICES.items():
        totals = compare_totals(spiking.assign(m0=spiking[quantity]), prices).assign(kind="run")
        drawn = totals[totals["panel"] == "total"]
        medians = drawn.groupby(["panel", "label", "price"], sort=False)["total"].median().reset_index()
        parts += [part.assign(quantity=quantity) for part in (totals, medians.assign(kind="median"))]
    return pd.concat(parts, ignore_index=True).assign(network=SPIKING)


def _say_savings(data: pd.DataFrame, network: str, label: str) -> str:
    table = savings(data, network, label)
    names = {"m0": "M0", "m1": "M1"}
    return ", ".join(f"{names.get(str(name), name)} {say(row, '.2g')}" for name, row in table.iterrows())
