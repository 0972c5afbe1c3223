"""Signalling and plasticity in ATP and joules under named presets, and where the two break even."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import say
from bioplast.analysis.totals import compare_totals
from bioplast.analysis.usage import count_usage
from bioplast.energy.prices import Preset, load_presets
from bioplast.figures.budget import plot_bills, plot_break_even, plot_relative_totals
from bioplast.figures.style import DOUBLE_COLUMN_MM, label_panel, make_figure, make_looks
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

# The same runs as the comparison of networks, so nothing is carried out twice.
_COMPARE = load_module("experiment", "compare", Path(__file__).parents[1])

PRESETS = load_presets()
COMPONENTS = ("spikes", "vesicles", "rest", "plasticity")
SPIKING = "spiking"
OPEN = "rodent"  # whose signalling is set against plasticity in the spiking network's totals
OPEN_PRESETS = [
    name for name, preset in PRESETS.items() if math.isnan(preset.write) and math.isnan(preset.synapse)
]
SHOWN = ("plain", "largest(f)")  # whose bills are drawn
# Of a write: in ATP where there are spikes, else in multiply-accumulates.
PRICES = {False: np.logspace(-2, 3, 51), True: np.logspace(4, 10, 61)}
ENERGIES = ["energy_atp", "energy_joule"]
_COLUMNS = ["panel", "component", "network", "label", "rule", "seed", "trial", "preset", *ENERGIES]

CAPTION = """
What learning {task} to {goal} costs beside its plasticity. Standard protocol, input encoding '{encoding}';
hidden units: {hidden}; {seeds} per network and rule, of which those are shown that got there.

a: the spiking network's bill under each preset of bioplast/energy/prices.toml, medians; filled: plain, open:
largest(f). Spikes of input and hidden cells; vesicles: synaptic events times release probability; rest: all
cells for as long as images were shown, {trial} ms each. all-in has one price for a spike and what it
releases. rodent, revised and all-in leave the price of plasticity open.

b: the price of a write at which plasticity costs as much as spikes and vesicles, one marker a run, and,
dashed, what a write costs plain learning under the presets that price plasticity: running-low and -high
spread a running cost over the writes; in fly-memory a write is taken to be a bit. Break-even under {open}, in
ATP a write: {break_even}. The dashed prices lie a factor of {apart} apart: there is no one figure in joules.

c-e: signalling and plasticity together, relative to plain learning on the same seed, by the price of a
write; where there are spikes in ATP with the signalling of {open}, otherwise in multiply-accumulates of the
forward pass. Thin: seeds, thick: medians. Above 1 a rule loses, because it needs more samples. A rule pays
from these prices on: {paying}. {missing}
"""


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """The runs of the comparison."""
    configs: list[RunConfig] = _COMPARE.make_grid(quick, seeds)
    return configs


def expected_seconds(config: RunConfig) -> float:
    """As there."""
    return float(_COMPARE.expected_seconds(config))


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, of runs that reached the goal; ``kind`` is run or median.

    ``bill`` (a): ``energy_atp`` and ``energy_joule`` by ``preset`` and ``component``; ``break_even`` (b): a
    price of a ``component``, write or unit of m1, at which plasticity costs what signalling does; ``price``
    (b): what a write costs under a preset; ``total`` (c to e): ``total`` relative to plain learning at the
    ``price`` of a write; ``paying``: the ``price`` at which a rule costs as much as plain learning, nan if it
    never does, 0 if it is cheaper at any.
    """
    frame = make_run_frame(runs)
    frame["label"] = _name_rules(frame)
    frame["network"] = frame["model"]
    frame["usage"] = [count_usage(run) for run in runs]
    frame["trial"] = [run.record["config"]["settings"].get("n_stimulus", np.nan) for run in runs]
    spiking = frame[(frame["model"] == SPIKING) & frame["converged"].astype(bool)]
    cells = ["panel", "network", "label", "rule", "preset", "component"]
    priced = pd.concat([_make_bills(spiking), _find_prices(spiking)], ignore_index=True)
    medians = priced.groupby(cells, sort=False)[ENERGIES].median().reset_index()
    totals = _compare_totals(frame)
    shown = [*cells, "kind", "seed", "trial", "price", "total", *ENERGIES]
    drawn = totals[totals["panel"] == "total"]
    middle = drawn.groupby(["panel", "network", "label", "rule", "price"], sort=False)["total"].median()
    parts = [
        priced.assign(kind="run"),
        medians.assign(kind="median"),
        totals.assign(kind="run"),
        middle.reset_index().assign(kind="median"),
    ]
    data = pd.concat([part.reindex(columns=shown).astype(object) for part in parts], ignore_index=True)
    return data.infer_objects().astype({"seed": "Int64"})


def break_evens(data: pd.DataFrame, preset: str = OPEN, component: str = "write") -> pd.DataFrame:
    """ATP for a write (or a unit of ``m1``) at which plasticity equals signalling, by rule; spiking network.

    Returns
    -------
    prices : a row a label: ``value``, ``low``, ``high`` (95 % interval over seeds) and ``n``
    """
    rows = _take(data, "break_even")
    return estimate_by(
        rows[(rows["preset"] == preset) & (rows["component"] == component)], "energy_atp", "label"
    )


def paying_prices(data: pd.DataFrame, network: str) -> pd.DataFrame:
    """The price of a write from which on a rule costs less than plain learning, by rule, as ``break_evens``.

    In ATP for the spiking network, else in multiply-accumulates.
    """
    rows = _take(data, "paying")
    return estimate_by(rows[rows["network"] == network], "price", "label")


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a network and rule: from which price of a write it pays; where it breaks even, by preset."""
    data = analyse(runs)
    rows = []
    for (network, label), _ in data[data["panel"] == "total"].groupby(["network", "label"], sort=False):
        row: dict[str, Any] = {"network": network, "rule": label}
        row["pays from"] = paying_prices(data, network)["value"].get(label)
        if network == SPIKING:
            for preset in OPEN_PRESETS:
                row[f"break-even, {preset} (ATP)"] = break_evens(data, preset)["value"].get(label)
        rows.append(row)
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    prices = _take(data, "price")["energy_atp"].astype(float)
    trial = data["trial"].dropna()
    networks = dict.fromkeys(_take(data, "paying")["network"])
    return {
        "open": OPEN,
        "trial": f"{trial.iloc[0]:g}" if len(trial) else "no",
        "apart": f"{prices.max() / prices.min():.0e}" if len(prices) else "(not seen)",
        "break_even": _say_all(break_evens(data)),
        "paying": "; ".join(f"{network}, {_say_all(paying_prices(data, network))}" for network in networks),
    }


def plot(data: pd.DataFrame) -> Figure:
    """Bills and break-even prices; below, totals by the price of a write, a column a network."""
    networks = list(dict.fromkeys(data.loc[data["panel"] == "total", "network"]))
    figure = make_figure(DOUBLE_COLUMN_MM, 150)
    parts = figure.add_gridspec(2, 1, height_ratios=[1.15, 1])
    top, bottom = figure.add_subfigure(parts[0]), figure.add_subfigure(parts[1])
    looks = make_looks(_COMPARE.RULES[SPIKING])
    upper = top.subplots(1, 2)
    plot_bills(
        _take(data, "bill", kind="median"), upper[0], make_looks(COMPONENTS), filled=SHOWN[0], open_=SHOWN[1]
    )
    plot_break_even(data[data["panel"].isin(["break_even", "price"])], upper[1], looks)
    lower = bottom.subplots(1, max(len(networks), 1), sharey=True, squeeze=False)[0]
    for ax, network in zip(lower, networks, strict=False):
        rows = data[(data["panel"] == "total") & (data["network"] == network)]
        unit = "ATP" if network == SPIKING else "multiply-accumulates"
        plot_relative_totals(rows, ax, looks, label=f"Price of a write\n({unit})")
        ax.set_title(network)
    for ax in lower[1:]:
        ax.set_ylabel("")
    for ax, letter in zip([*upper, *lower], "abcde", strict=False):
        label_panel(ax, letter)
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=name) for name, look in looks.items()
    ]
    bottom.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def _name_rules(frame: pd.DataFrame) -> list[str]:
    labels = {
        (model, str(Plasticity.parse(rule))): label
        for model, rules in _COMPARE.RULES.items()
        for label, rule in rules.items()
    }
    return [labels[cell] for cell in zip(frame["model"], frame["rule"], strict=True)]


def _price(preset: Preset, atp: float) -> dict[str, Any]:
    return {"preset": preset.name, "energy_atp": atp, "energy_joule": atp * preset.joule_per_atp}


def _make_bills(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for _, run in frame.iterrows():
        for preset in PRESETS.values():
            for component, atp in asdict(preset.make_bill(run["usage"])).items():
                if atp > 0:  # not open, and not in the price of a spike
                    rows.append(_name(run, "bill", component) | _price(preset, atp))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _find_prices(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for _, run in frame.iterrows():
        writes = {"write": run["usage"].writes, "m1": run["m1"]}
        for name, preset in PRESETS.items():
            bill = preset.make_bill(run["usage"])
            if name in OPEN_PRESETS:
                for component, n in writes.items():
                    rows.append(_name(run, "break_even", component) | _price(preset, bill.signalling / n))
            elif run["label"] == SHOWN[0]:
                rows.append(_name(run, "price", "write") | _price(preset, bill.plasticity / writes["write"]))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _name(run: pd.Series[Any], panel: str, component: str) -> dict[str, Any]:
    names = {name: run[name] for name in ("network", "label", "rule", "seed", "trial")}
    return {"panel": panel, "component": component} | names


def _compare_totals(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for network, tried in frame.groupby("network", sort=False):
        runs, has_spikes = tried[tried["converged"].astype(bool)], network == SPIKING
        bills = [PRESETS[OPEN].make_bill(usage).signalling for usage in runs["usage"]]
        spent = bills if has_spikes else runs["macs"].tolist()
        totals = compare_totals(runs.assign(spent=spent), PRICES[has_spikes]).assign(network=network)
        parts.append(totals.astype(object))  # those of a network in which nothing got there are empty
    return pd.concat(parts, ignore_index=True).infer_objects()


def _take(data: pd.DataFrame, panel: str, kind: str = "run") -> pd.DataFrame:
    return data[(data["panel"] == panel) & (data["kind"] == kind)]


def _say_all(table: pd.DataFrame) -> str:
    said = (f"{label} {say(row, '.2g')}" for label, row in table.dropna(subset="value").iterrows())
    return ", ".join(said) or "none seen"
