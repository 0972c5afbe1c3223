"""The scoreboard: what was claimed, what is measured, and whether it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from bioplast.analysis.claim import (
    Claim,
    Find,
    Part,
    assess,
    divide,
    find_estimate,
    find_excess,
    find_inverse,
    find_least,
    find_most,
    find_row,
    take,
    take_columns,
    take_estimate,
)
from bioplast.analysis.verdict import NOTHING, VERDICTS, Expectation, Finding, join_verdicts
from bioplast.figures.style import BLUE, DOUBLE_COLUMN_MM, GREY, ORANGE, VERMILLION, Look, make_figure
from bioplast.loading import load_module
from bioplast.studies.declaration import Study

ROOT = Path(__file__).parents[1]
VRP24, LVR20, LAZY = "van Rossum & Pache 2024", "Li & van Rossum 2020", "Pache & van Rossum 2023"

ABOUT = 1.5  # how far "about" and "alike" reach
ORDER = 10.0  # the same for powers of ten that were extrapolated
LITTLE = 2.0  # more than twice the samples is not "a small increase in learning time"
KEPT = 1.1  # an accuracy is kept with at most a tenth more errors
about = Expectation.about
MORE, ALIKE = Expectation(low=1), about(1, ABOUT)
NOT_LONG, KEEPS, LOWERS = Expectation(high=LITTLE), Expectation(high=KEPT), Expectation(low=KEPT)
VERDICT_LOOKS = dict(zip(VERDICTS, (Look(BLUE, "o"), Look(ORANGE, "D"), Look(VERMILLION, "s")), strict=True))
LIMITS = (0.02, 50.0)  # of measured over claimed; what lies beyond is drawn at the edge


def find_saving(quantity: str, hidden: int) -> Find:
    """How many times less ``largest`` takes than plain, in its cell that saves most writes."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        best = module.best_savings(data).query("label == 'largest(f)'").set_index("hidden")
        return take_columns(best.loc[hidden], quantity) if hidden in best.index else NOTHING

    return find


def find_growth(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times more writes a subnet takes in a network that is ten times as large."""
    law = take(module.exponents(data), "m0")
    return Finding(10**law.value, 10**law.low, 10**law.high, law.n)


def find_least_inefficiency(module: ModuleType, data: pd.DataFrame) -> Finding:
    """M1 over its minimum, at the accuracy where it is lowest."""
    table = module.inefficiencies(data)
    return take(table, table["value"].idxmin()) if len(table) else NOTHING


def find_errors(rule: str) -> Find:
    """Errors at the best accuracy within 200,000 samples over those of plain learning."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        table = module.best_accuracies(data)
        gain, plain = take(table, rule), 100 * (1 - table.loc["plain", "test"])
        value, most, least = (1 - part / plain for part in (gain.value, gain.low, gain.high))
        return Finding(value, least, most, gain.n)

    return find


def find_bend(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times more a percent of accuracy takes where accuracy is high than where it is low."""
    low, high = (
        take(module.growth(data), row) for row in module.growth(data).filter(like="m1", axis=0).index
    )
    return divide(high, low)


def find_perceptron(module: ModuleType, data: pd.DataFrame) -> Finding:
    """Inefficiency at 1,900 patterns and 1,000 synapses."""
    return take_estimate(module.find_inefficiency(data, 1.9)[0])


SIZE, LARGE, PATHS, BOTH = "energy_vs_size", "largest_updates", "paths", "both"
COURSE, CACHING, TURN = "accuracy_energy", "caching", "turnover"
BEST, BEST_STDP = find_most("find_optima", "saving"), find_most("find_optimum", "saving")
BOTH_SAMPLES = find_inverse(find_row("savings", "samples", "both"))
SAMPLES = find_inverse(find_saving("samples", 1000))
LAZY_SAMPLES = find_inverse(find_row("savings", "samples"))
CLAIMS = {
    1: Claim(
        "reaching 95 % on MNIST takes at least 1e8 writes when every synapse is plastic",
        VRP24,
        Part("least m0, plain", 1e8, Expectation(low=1e8), SIZE, find_least("m0")),
    ),
    2: Claim(
        "writing only large updates saves energy at little extra learning time, in big networks",
        VRP24,
        Part("plain / largest, m0, N = 1000", 1, MORE, LARGE, find_saving("m0", 1000)),
        Part("plain / largest, m1, N = 1000", 1, MORE, LARGE, find_saving("m1", 1000)),
        Part("largest / plain, samples", 1, NOT_LONG, LARGE, SAMPLES),
    ),
    3: Claim(
        "restricting plasticity to paths saves energy",
        VRP24,
        Part("plain / subnet, m0", 1, MORE, PATHS, find_row("savings", "m0")),
        Part("plain / subnet, m1", 1, MORE, PATHS, find_row("savings", "m1")),
    ),
    4: Claim(
        "both together save more, with a small increase in learning time",
        f"{VRP24}, first version",
        Part("better of the two / both, m0", 1, MORE, BOTH, find_row("gain", "m0")),
        Part("better of the two / both, m1", 1, MORE, BOTH, find_row("gain", "m1")),
        Part("both / plain, samples", 1, NOT_LONG, BOTH, BOTH_SAMPLES),
    ),
    5: Claim(
        "in plain backprop m0 and m1 grow with N, with exponents near 1 and 0.5",
        f"{VRP24} (unsure)",
        Part("exponent of m0", 1, Expectation(0.9, 1.1), SIZE, find_row("exponents", "m0")),
        Part("exponent of m1", 0.5, Expectation(0.4, 0.6), SIZE, find_row("exponents", "m1")),
    ),
    6: Claim(
        "with subnets energy does not depend on N; the best size is about 60 to 100 units",
        f"{VRP24} (unsure)",
        Part("m0 at 10 N / m0 at N", 1, ALIKE, PATHS, find_growth),
        Part("best size, m0", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m0")),
        Part("best size, m1", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m1")),
    ),
    7: Claim(
        "largest keeps the best reachable accuracy; fixed lowers it",
        f"{VRP24} (unsure)",
        Part("largest / plain, least errors", 1, KEEPS, COURSE, find_errors("largest(0.1)")),
        Part("fixed / plain, least errors", KEPT, LOWERS, COURSE, find_errors("fixed(0.1)")),
    ),
    8: Claim(
        "which synapses win changes all the time: Simpson index 0.6 for largest, 0.01 for a fixed mask",
        f"{VRP24} (unsure; definition not seen)",
        Part("index of largest(0.1)", 0.6, None, TURN, find_row("simpson_indices", "largest(0.1)")),
        Part("index of largest(0.01)", 0.6, None, TURN, find_row("simpson_indices", "largest(0.01)")),
        Part("index of fixed(0.01)", 0.01, None, TURN, find_row("simpson_indices", "fixed(0.01)")),
    ),
    9: Claim(
        "extrapolated to macaque V1, plain backprop wastes about 1e5 in m0 and 700 in m1",
        f"{VRP24} (unsure)",
        Part("V1 / best size, m0", 1e5, about(1e5, ORDER), SIZE, find_row("excess_in_v1", "m0")),
        Part("V1 / best size, m1", 700, about(700, ORDER), SIZE, find_row("excess_in_v1", "m1")),
    ),
    10: Claim(
        "a perceptron of 1,000 synapses learns 1,900 patterns at about 900 times the minimum",
        f"{LVR20} fig. 1D",
        Part("m1 / minimum", 900, about(900, ABOUT), "perceptron", find_perceptron),
    ),
    11: Claim(
        "backprop on MNIST uses at least 20 times the minimum, at any accuracy",
        f"{LVR20} fig. 5B",
        Part("least m1 / minimum", 20, Expectation(low=20), COURSE, find_least_inefficiency),
    ),
    12: Claim(
        "caching saves up to 10-fold; local and neuron-wide triggers are alike",
        f"{LVR20} figs. 3-5",
        Part("plain / caching at its best", 10, about(10, ABOUT), CACHING, BEST),
        Part("neuron's / synapse's saving", 1, ALIKE, CACHING, find_estimate("compare_triggers")),
    ),
    13: Claim(
        "energy grows about exponentially with the accuracy asked for",
        f"{LVR20} fig. 5A",
        Part("growth per %, high / low accuracy", 1, ALIKE, COURSE, find_bend),
    ),
    14: Claim(
        "an optimal hidden size exists",
        f"{LVR20} fig. 5C",
        Part("smallest / best size, m1", 1, MORE, SIZE, find_excess("m1", "hidden", 0)),
        Part("largest / best size, m1", 1, MORE, SIZE, find_excess("m1", "hidden", -1)),
    ),
    15: Claim(
        "lazy learning takes about 2.2 times less m1 at 95 %, but twice as many samples",
        LAZY,
        Part("plain / lazy, m1", 2.2, about(2.2, ABOUT), "lazy", find_row("savings", "m1")),
        Part("lazy / plain, samples", 2, about(2, ABOUT), "lazy", LAZY_SAMPLES),
    ),
    16: Claim(
        "in a spiking perceptron with STDP caching saves about 80 %",
        f"{LVR20} fig. 2 supplement 1",
        Part("plain / caching", 5, about(5, ABOUT), "spiking_perceptron", BEST_STDP),
    ),
}

SOURCES = tuple(dict.fromkeys(part.experiment for claim in CLAIMS.values() for part in claim.parts))

CAPTION = """
Claims of the literature and what is measured here; {n_parts} numbers of {n_claims} claims.

Each line is a number that a claim stands or falls with: measured over claimed, with its 95 % interval over
seeds; beside it the number itself, [its interval] and n. Grey: the range in which the claim would be right;
"about" and "alike" are a factor of {about}, or of {order} for what was extrapolated; "little" longer is at
most {little} times the samples; an accuracy is kept with at most {kept} times the errors, both at their
least within 200,000 samples. The verdict follows from these alone: reproduced if the whole interval is in
the range, refuted if none of it is; it cannot be decided otherwise, nor where the source's definition is
not known. Where a seed did not reach the goal the upper end is not known and may be anywhere. A claim is
refuted if one of its numbers is, and reproduced if all are. Open markers lie beyond the edge.

{verdicts}
"""


def analyse(sources: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Exactly what is drawn: a row per number, with what was claimed, what is measured, and the verdict."""
    modules = {name: load_module("experiment", name, ROOT) for name in sources}
    rows = []
    for number, claim in CLAIMS.items():
        for letter, part in zip("abcdefgh", claim.parts, strict=False):
            name = f"{number}{letter if len(claim.parts) > 1 else ''}"
            found = part.find(modules[part.experiment], sources[part.experiment])
            rows.append({"claim": number} | assess(name, part, found))
    return pd.DataFrame(rows)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per claim."""
    rows = []
    for number, parts in data.groupby("claim", sort=False):
        claim = CLAIMS[number]
        row = {"claim": str(number), "claimed": claim.text, "source": claim.source}
        row["measured"] = "; ".join(parts["quantity"] + ": " + parts["said"])
        row |= {"verdict": join_verdicts(parts["verdict"]), "why": "; ".join(dict.fromkeys(parts["reason"]))}
        rows.append(row)
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """The rule's constants, and which claims stand."""
    verdicts = data.groupby("claim", sort=False)["verdict"].agg(join_verdicts)
    numbers = {name: ", ".join(map(str, verdicts.index[verdicts == name])) for name in VERDICTS}
    return {
        "n_parts": str(len(data)),
        "n_claims": str(len(verdicts)),
        "about": f"{ABOUT:g}",
        "order": f"{ORDER:g}",
        "little": f"{LITTLE:g}",
        "kept": f"{KEPT:g}",
        "verdicts": " ".join(f"{name.capitalize()}: {found}." for name, found in numbers.items() if found),
    }


def plot(data: pd.DataFrame) -> Figure:
    """A line a number, measured over claimed, with its interval and the range that would agree.

    Beyond the edge a marker stands open at it; a claim of which nothing was measured has none.
    """
    figure = make_figure(DOUBLE_COLUMN_MM, 16 + 4.8 * len(data))
    ax = figure.subplots()
    for place, row in enumerate(data.to_dict("records")):
        _plot_number(row, ax, place)
    ax.axvline(1, color=GREY, linewidth=0.6, zorder=1)
    ax.set(xscale="log", xlim=LIMITS, ylim=(len(data) - 0.4, -0.6), xlabel="Measured / claimed")
    ax.set_xticks((0.1, 1, 10))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(data)), data["name"] + "  " + data["quantity"])
    ax.tick_params(axis="y", length=0)
    return figure


def _plot_number(row: Mapping[str, Any], ax: Axes, place: int) -> None:
    look = VERDICT_LOOKS[row["verdict"]]
    beside: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
    text = f"{row['said']}  {row['verdict']}"
    ax.annotate(text, (1, place), (4, 0), **beside, va="center", fontsize=7, color=look.colour)
    if not pd.isna(row["agrees low"]):
        low, high = np.clip([row["agrees low"], row["agrees high"]], *LIMITS)
        ax.barh(place, high - low, left=low, height=0.7, color=GREY, alpha=0.22, linewidth=0, zorder=1)
    if pd.isna(row["shown"]):
        return
    ends = [row["shown low"], row["shown high"]]
    if not all(map(pd.isna, ends)):  # an end that is not known may be anywhere
        ends = [edge if pd.isna(end) else end for end, edge in zip(ends, LIMITS, strict=True)]
        ax.plot(np.clip(ends, *LIMITS), [place, place], color=look.colour, linewidth=1.2, zorder=2)
    x = float(np.clip(row["shown"], *LIMITS))
    face = look.colour if x == row["shown"] else "white"
    ax.plot(x, place, look.marker, color=look.colour, markerfacecolor=face, markersize=4, zorder=3)


STUDY = Study(
    sources=SOURCES, analyse=analyse, tabulate=tabulate, describe=describe, plot=plot, caption=CAPTION
)
