"""The scoreboard: what was claimed, what is measured, and whether it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.claim import (
    Claim,
    Find,
    Part,
    assess,
    find_row,
    invert,
    take,
    take_columns,
    take_estimate,
)
from bioplast.analysis.verdict import NOTHING, VERDICTS, Expectation, Finding, join_verdicts
from bioplast.figures.scoreboard import plot_scoreboard
from bioplast.figures.style import DOUBLE_COLUMN_MM, make_figure
from bioplast.loading import load_module

ROOT = Path(__file__).parents[1]
VRP24, LVR20, LAZY = "van Rossum & Pache 2024", "Li & van Rossum 2020", "Pache & van Rossum 2023"

ABOUT = 1.5  # how far "about" and "alike" reach
ORDER = 10.0  # the same for powers of ten that were extrapolated
LITTLE = 2.0  # more than twice the samples is not "a small increase in learning time"
KEPT = 1.1  # an accuracy is kept with at most a tenth more errors
MORE, ALIKE = Expectation(low=1), Expectation.about(1, ABOUT)
NOT_LONG, KEEPS, LOWERS = Expectation(high=LITTLE), Expectation(high=KEPT), Expectation(low=KEPT)


def find_saving(quantity: str, hidden: int) -> Find:
    """How many times less ``largest`` takes than plain, in its cell that saves most writes."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        best = module.best_savings(data).query("label == 'largest(f)'").set_index("hidden")
        return take_columns(best.loc[hidden], quantity) if hidden in best.index else NOTHING

    return find


def find_inverse(find: Find) -> Find:
    """How many times more, where ``find`` gives how many times less."""
    return lambda module, data: invert(find(module, data))


def find_least(module: ModuleType, data: pd.DataFrame, quantity: str = "m0") -> Finding:
    """The lowest of the medians by size."""
    medians = data[data["kind"] == "median"].dropna(subset=[quantity])
    if medians.empty:
        return NOTHING
    return take_columns(medians.loc[medians[quantity].astype(float).idxmin()], quantity)


def find_excess(quantity: str, end: int) -> Find:
    """How many times more the smallest (end 0) or the largest (end -1) size takes than the cheapest."""

    def find(module: ModuleType, data: pd.DataFrame) -> Finding:
        medians = data[data["kind"] == "median"].sort_values("hidden").dropna(subset=[quantity])
        if medians.empty:
            return NOTHING
        least, edge = find_least(module, data, quantity), take_columns(medians.iloc[end], quantity)
        if edge == least:
            return Finding(1.0, 1.0, 1.0, edge.n)
        return Finding(edge.value / least.value, edge.low / least.high, edge.high / least.low, edge.n)

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
    return Finding(high.value / low.value, high.low / low.high, high.high / low.low, high.n)


def find_best_caching(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times less caching spends at its best, of all ways and thresholds measured."""
    optima = module.find_optima(data).dropna(subset=["saving"])
    return take_columns(optima.loc[optima["saving"].idxmax()], "saving") if len(optima) else NOTHING


def find_perceptron(module: ModuleType, data: pd.DataFrame) -> Finding:
    """Inefficiency at 1,900 patterns and 1,000 synapses."""
    return take_estimate(module.find_inefficiency(data, 1.9)[0])


def find_stdp_caching(module: ModuleType, data: pd.DataFrame) -> Finding:
    """How many times less is spent at the best threshold."""
    best = module.find_optimum(data).iloc[0]
    return take_columns(best, "saving") if best["n"] else NOTHING


def find_triggers(module: ModuleType, data: pd.DataFrame) -> Finding:
    """Saving with the neuron's trigger over that with the synapse's."""
    return take_estimate(module.compare_triggers(data))


SIZE, LARGE, PATHS, BOTH, COURSE, CACHING = (
    "energy_vs_size",
    "largest_updates",
    "paths",
    "both",
    "accuracy_energy",
    "caching",
)
SAMPLES = find_inverse(find_saving("samples", 1000))
LAZY_SAMPLES = find_inverse(find_row("savings", "samples"))
CLAIMS = {
    1: Claim(
        "reaching 95 % on MNIST takes at least 1e8 writes when every synapse is plastic",
        VRP24,
        (Part("least m0, plain", 1e8, Expectation(low=1e8), SIZE, find_least),),
    ),
    2: Claim(
        "writing only large updates saves energy at little extra learning time, in big networks",
        VRP24,
        (
            Part("plain / largest, m0, N = 1000", 1, MORE, LARGE, find_saving("m0", 1000)),
            Part("plain / largest, m1, N = 1000", 1, MORE, LARGE, find_saving("m1", 1000)),
            Part("largest / plain, samples", 1, NOT_LONG, LARGE, SAMPLES),
        ),
    ),
    3: Claim(
        "restricting plasticity to paths saves energy",
        VRP24,
        (
            Part("plain / subnet, m0", 1, MORE, PATHS, find_row("savings", "m0")),
            Part("plain / subnet, m1", 1, MORE, PATHS, find_row("savings", "m1")),
        ),
    ),
    4: Claim(
        "both together save more, with a small increase in learning time",
        f"{VRP24}, first version",
        (
            Part("better of the two / both, m0", 1, MORE, BOTH, find_row("gain", "m0")),
            Part("better of the two / both, m1", 1, MORE, BOTH, find_row("gain", "m1")),
            Part(
                "both / plain, samples",
                1,
                NOT_LONG,
                BOTH,
                find_inverse(find_row("savings", "samples", "both")),
            ),
        ),
    ),
    5: Claim(
        "in plain backprop m0 and m1 grow with N, with exponents near 1 and 0.5",
        f"{VRP24} (unsure)",
        (
            Part("exponent of m0", 1, Expectation(0.9, 1.1), SIZE, find_row("exponents", "m0")),
            Part("exponent of m1", 0.5, Expectation(0.4, 0.6), SIZE, find_row("exponents", "m1")),
        ),
    ),
    6: Claim(
        "with subnets energy does not depend on N; the best size is about 60 to 100 units",
        f"{VRP24} (unsure)",
        (
            Part("m0 at 10 N / m0 at N", 1, ALIKE, PATHS, find_growth),
            Part("best size, m0", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m0")),
            Part("best size, m1", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m1")),
        ),
    ),
    7: Claim(
        "largest keeps the best reachable accuracy; fixed lowers it",
        f"{VRP24} (unsure)",
        (
            Part("largest / plain, least errors", 1, KEEPS, COURSE, find_errors("largest(0.1)")),
            Part("fixed / plain, least errors", KEPT, LOWERS, COURSE, find_errors("fixed(0.1)")),
        ),
    ),
    8: Claim(
        "which synapses win changes all the time: Simpson index 0.6 for largest, 0.01 for a fixed mask",
        f"{VRP24} (unsure; definition not seen)",
        (
            Part("index of largest(0.1)", 0.6, None, "turnover", find_row("simpson_indices", "largest(0.1)")),
            Part(
                "index of largest(0.01)", 0.6, None, "turnover", find_row("simpson_indices", "largest(0.01)")
            ),
            Part("index of fixed(0.01)", 0.01, None, "turnover", find_row("simpson_indices", "fixed(0.01)")),
        ),
    ),
    9: Claim(
        "extrapolated to macaque V1, plain backprop wastes about 1e5 in m0 and 700 in m1",
        f"{VRP24} (unsure)",
        (
            Part(
                "V1 / best size, m0", 1e5, Expectation.about(1e5, ORDER), SIZE, find_row("excess_in_v1", "m0")
            ),
            Part(
                "V1 / best size, m1", 700, Expectation.about(700, ORDER), SIZE, find_row("excess_in_v1", "m1")
            ),
        ),
    ),
    10: Claim(
        "a perceptron of 1,000 synapses learns 1,900 patterns at about 900 times the minimum",
        f"{LVR20} fig. 1D",
        (Part("m1 / minimum", 900, Expectation.about(900, ABOUT), "perceptron", find_perceptron),),
    ),
    11: Claim(
        "backprop on MNIST uses at least 20 times the minimum, at any accuracy",
        f"{LVR20} fig. 5B",
        (Part("least m1 / minimum", 20, Expectation(low=20), COURSE, find_least_inefficiency),),
    ),
    12: Claim(
        "caching saves up to 10-fold; local and neuron-wide triggers are alike",
        f"{LVR20} figs. 3-5",
        (
            Part("plain / caching at its best", 10, Expectation.about(10, ABOUT), CACHING, find_best_caching),
            Part("neuron's / synapse's saving", 1, ALIKE, CACHING, find_triggers),
        ),
    ),
    13: Claim(
        "energy grows about exponentially with the accuracy asked for",
        f"{LVR20} fig. 5A",
        (Part("growth per %, high / low accuracy", 1, ALIKE, COURSE, find_bend),),
    ),
    14: Claim(
        "an optimal hidden size exists",
        f"{LVR20} fig. 5C",
        (
            Part("smallest / best size, m1", 1, MORE, SIZE, find_excess("m1", 0)),
            Part("largest / best size, m1", 1, MORE, SIZE, find_excess("m1", -1)),
        ),
    ),
    15: Claim(
        "lazy learning takes about 2.2 times less m1 at 95 %, but twice as many samples",
        LAZY,
        (
            Part("plain / lazy, m1", 2.2, Expectation.about(2.2, ABOUT), "lazy", find_row("savings", "m1")),
            Part("lazy / plain, samples", 2, Expectation.about(2, ABOUT), "lazy", LAZY_SAMPLES),
        ),
    ),
    16: Claim(
        "in a spiking perceptron with STDP caching saves about 80 %",
        f"{LVR20} fig. 2 supplement 1",
        (Part("plain / caching", 5, Expectation.about(5, ABOUT), "spiking_perceptron", find_stdp_caching),),
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


def tabulate(sources: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per claim."""
    rows = []
    for number, parts in analyse(sources).groupby("claim", sort=False):
        claim = CLAIMS[number]
        rows.append(
            {
                "claim": str(number),
                "claimed": claim.text,
                "source": claim.source,
                "measured": "; ".join(parts["quantity"] + ": " + parts["said"]),
                "verdict": join_verdicts(parts["verdict"]),
                "why": "; ".join(dict.fromkeys(parts["reason"])),
            }
        )
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
    """One line a number."""
    figure = make_figure(DOUBLE_COLUMN_MM, 16 + 4.8 * len(data))
    plot_scoreboard(data, figure.subplots())
    return figure
