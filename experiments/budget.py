"""Signalling and plasticity in ATP and joules under named presets, and where the two break even."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import stack
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import say
from bioplast.analysis.totals import compare_totals
from bioplast.analysis.usage import count_usage
from bioplast.energy.prices import NOT_CHARGED, Preset, load_presets
from bioplast.figures.bills import SHARES, plot_bills, plot_break_even, plot_m1_prices
from bioplast.figures.panels import Panels, panel
from bioplast.figures.style import make_looks
from bioplast.figures.totals import plot_relative_totals
from bioplast.loading import load_module
from bioplast.studies.declaration import Study
from bioplast.training.record import Run

# The same runs as the comparison of networks, so nothing is carried out twice.
_COMPARE = load_module("experiment", "compare", Path(__file__).parents[1])

PRESETS = load_presets()
COMPONENTS = ("spikes", "vesicles", "rest", "plasticity", "errors")
SPIKING = "spiking"
OPEN = "rodent"  # whose signalling is set against plasticity in the spiking network's totals
SCALED = "scaled"  # the same with action potentials that are charged by the synapses they reach
OPEN_PRESETS = [
    name for name, preset in PRESETS.items() if math.isnan(preset.write) and math.isnan(preset.synapse)
]
IN_SCALE = "spiking, scaled"  # the spiking network's totals with the signalling of that preset
# Of a write: in ATP where there are spikes, else in multiply-accumulates.
PRICES = {False: np.logspace(-2, 3, 51), True: np.logspace(4, 10, 61)}
ENERGIES = ["energy_atp", "energy_joule"]
_COLUMNS = ["panel", "component", "network", "label", "rule", "seed", "trial", "preset", *ENERGIES]

CAPTION = """
What learning {task} to {goal} costs beside its plasticity. Standard protocol, input encoding '{encoding}';
hidden units: {hidden}; {seeds} per network and rule, of which those are shown that got there.

a: the spiking network's bill under each preset of bioplast/energy/prices.toml, medians; filled: plain, open:
largest(f). Spikes of input and hidden cells; vesicles: synaptic events times release probability; rest: all
cells for as long as images were shown, {trial} ms each; errors: each goes back through a synapse at the price
of a vesicle. rodent charges a cell the action potential of an axon with 8,000 boutons, scaled its part of it,
by the synapses that the cell has; all-in has one price for all of it. Not charged: {not_charged}.

b: the price of a write at which plasticity costs as much as spikes and vesicles, one marker a run, and,
dashed, what a write costs plain learning under the presets that price plasticity: running-low and -high
spread a running cost over the writes; in fly-memory a write is taken to be a bit. Break-even under {open}, in
ATP a write: {break_even}; under {scaled}: {break_even_scaled}. The dashed prices lie a factor of {apart}
apart: there is no one figure in joules.

c: the prices of a unit of M1 between which plasticity is 4.0 to 11.2 % of excitatory transmission (vesicles),
as it is said to be; a line a run. In ATP: {m1_prices}.

d-g: signalling and plasticity together, relative to plain learning on the same seed, by the price of a
write; where there are spikes in ATP with the signalling of {open} and of {scaled}, otherwise in
multiply-accumulates of the forward pass. Thin: seeds, thick: medians. Above 1 a rule loses, because it needs
more samples. A rule pays from these prices on: {paying}. {missing}
"""


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, of runs that reached the goal; ``kind`` is run or median.

    ``bill`` (a): ``energy_atp`` and ``energy_joule`` by ``preset`` and ``component``; ``break_even`` (b): a
    price of a ``component``, write or unit of m1, at which plasticity costs what signalling does;
    ``m1_price``: of a unit of m1, at which it is the low or high share of excitatory transmission; ``price``
    (b): what a write costs under a preset; ``total`` (c to e): ``total`` relative to plain learning at the
    ``price`` of a write; ``paying``: the ``price`` at which a rule costs as much as plain learning, nan if it
    never does, 0 if it is cheaper at any.
    """
    frame = _COMPARE.name_cells(make_run_frame(runs))
    frame["usage"] = [count_usage(run) for run in runs]
    frame["trial"] = [run.record["config"]["settings"].get("n_stimulus", np.nan) for run in runs]
    spiking = frame[(frame["model"] == SPIKING) & frame["converged"].astype(bool)]
    cells = ["panel", "network", "label", "rule", "preset", "component"]
    priced = pd.concat([_make_bills(spiking), _find_prices(spiking)], ignore_index=True)
    medians = priced.groupby(cells, sort=False)[ENERGIES].median().reset_index()
    totals = _compare_totals(frame)
    drawn = totals[totals["panel"] == "total"]
    middle = drawn.groupby(["panel", "network", "label", "rule", "price"], sort=False)["total"].median()
    parts = [
        priced.assign(kind="run"),
        medians.assign(kind="median"),
        totals.assign(kind="run"),
        middle.reset_index().assign(kind="median"),
    ]
    return stack(parts, [*cells, "kind", "seed", "trial", "price", "total", *ENERGIES])


def break_evens(
    data: pd.DataFrame, preset: str = OPEN, component: str = "write", panel: str = "break_even"
) -> pd.DataFrame:
    """ATP for a write (or a unit of ``m1``) at which plasticity equals signalling, by rule; spiking network.

    In the panel ``m1_price`` at which it is the ``low`` or ``high`` share of excitatory transmission.

    Returns
    -------
    prices : a row a label: ``value``, ``low``, ``high`` (95 % interval over seeds) and ``n``
    """
    rows = _take(data, panel)
    chosen = rows[(rows["preset"] == preset) & (rows["component"] == component)]
    return estimate_by(chosen, "energy_atp", "label")


def paying_prices(data: pd.DataFrame, network: str) -> pd.DataFrame:
    """The price of a write, in ATP or multiply-accumulates, from which on a rule costs less than plain."""
    rows = _take(data, "paying")
    return estimate_by(rows[rows["network"] == network], "price", "label")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a network and rule: from which price of a write it pays; where it breaks even, by preset."""
    rows = []
    for (network, label), _ in data[data["panel"] == "total"].groupby(["network", "label"], sort=False):
        row: dict[str, Any] = {"network": network, "rule": label}
        row["pays from"] = paying_prices(data, network)["value"].get(label)
        if network == SPIKING:
            for preset in OPEN_PRESETS:
                row[f"break-even, {preset} (ATP)"] = break_evens(data, preset)["value"].get(label)
        rows.append(row)
    return pd.DataFrame(rows)


def headline(data: pd.DataFrame) -> str:
    """What a write may cost, and from which price on writing less pays."""
    whole, scaled = (break_evens(data, preset)["value"].get("plain") for preset in (OPEN, SCALED))
    pays = paying_prices(data, IN_SCALE)["value"].get("largest(f)")
    if whole is None or scaled is None or pays is None or pd.isna(pays):
        return ""
    paying = "at any price" if pays == 0 else f"from {_say_millions(pays)} on"
    return (
        f"Plasticity costs as much as signalling at {_say_millions(scaled)} ATP a write if axons fit their "
        f"cells ({_say_millions(whole)} if each has 8,000 boutons); writing only the largest changes pays "
        f"{paying}"
    )


def _say_millions(price: float) -> str:
    """Two digits."""
    return f"{float(f'{price / 1e6:.2g}'):g} million"


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    prices = _take(data, "price")["energy_atp"].astype(float)
    trial = data["trial"].dropna()
    networks = dict.fromkeys(_take(data, "paying")["network"])
    m1_prices = {share: _say_all(break_evens(data, OPEN, share, "m1_price")) for share in SHARES}
    return {
        "open": OPEN,
        "trial": f"{trial.iloc[0]:g}" if len(trial) else "no",
        "apart": f"{prices.max() / prices.min():.0e}" if len(prices) else "(not seen)",
        "not_charged": ", ".join(NOT_CHARGED),
        "break_even": _say_all(break_evens(data)),
        "scaled": SCALED,
        "break_even_scaled": _say_all(break_evens(data, SCALED)),
        "m1_prices": "; ".join(f"{share}, {said}" for share, said in m1_prices.items()),
        "paying": "; ".join(f"{network}, {_say_all(paying_prices(data, network))}" for network in networks),
    }


def plot(data: pd.DataFrame) -> Figure:
    """Bills and break-even prices; below, totals by the price of a write, a column a network."""
    networks = list(dict.fromkeys(data.loc[data["panel"] == "total", "network"]))
    upper = [
        panel(plot_bills, where={"panel": "bill", "kind": "median"}, looks=make_looks(COMPONENTS)),
        panel(plot_break_even, where={"panel": ("break_even", "price")}),
        panel(plot_m1_prices, where={"panel": "m1_price", "kind": "run", "preset": OPEN}),
    ]
    lower = [
        panel(
            plot_relative_totals,
            label=f"Price of a write\n({'ATP' if SPIKING in network else 'multiply-accumulates'})",
            where={"panel": "total", "network": network},
            settings={"title": network} | ({} if network == networks[0] else {"ylabel": ""}),
        )
        for network in networks
    ]
    rows = [upper, lower] if lower else [upper]
    widths = {"width_ratios": [1.2, 1.15, 1]}
    options: dict[str, Any] = {"height_ratios": [1.15, 1], "share": [widths, {"sharey": True}]}
    if not lower:
        options = {"share": widths}
    looks = make_looks(_COMPARE.LABELS.values())
    return Panels(rows, height_mm=165, looks=looks, legend=len(rows) - 1, **options)(data)


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
            for share, atp in zip(SHARES, preset.find_m1_prices(run["usage"]), strict=True):
                if not math.isnan(atp):
                    rows.append(_name(run, "m1_price", share) | _price(preset, atp))
            if name in OPEN_PRESETS:
                for component, n in writes.items():
                    rows.append(_name(run, "break_even", component) | _price(preset, bill.signalling / n))
            elif run["label"] == "plain":
                rows.append(_name(run, "price", "write") | _price(preset, bill.plasticity / writes["write"]))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _name(run: pd.Series[Any], panel: str, component: str) -> dict[str, Any]:
    names = {name: run[name] for name in ("network", "label", "rule", "seed", "trial")}
    return {"panel": panel, "component": component} | names


def _compare_totals(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for network, tried in frame.groupby("network", sort=False):
        runs = tried[tried["converged"].astype(bool)]
        spent = {network: runs["macs"].tolist()}
        if network == SPIKING:
            presets = {SPIKING: PRESETS[OPEN], IN_SCALE: PRESETS[SCALED]}
            spent = {
                name: [preset.make_bill(usage).signalling for usage in runs["usage"]]
                for name, preset in presets.items()
            }
        for name, cost in spent.items():
            totals = compare_totals(runs.assign(spent=cost), PRICES[network == SPIKING]).assign(network=name)
            parts.append(totals.astype(object))  # those of a network in which nothing got there are empty
    return pd.concat(parts, ignore_index=True).infer_objects()


def _take(data: pd.DataFrame, panel: str, kind: str = "run") -> pd.DataFrame:
    return data[(data["panel"] == panel) & (data["kind"] == kind)]


def _say_all(table: pd.DataFrame) -> str:
    said = (f"{label} {say(row, '.2g')}" for label, row in table.dropna(subset="value").iterrows())
    return ", ".join(said) or "none seen"


STUDY = Study(
    grid=_COMPARE.GRID,
    quick=_COMPARE.QUICK,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
