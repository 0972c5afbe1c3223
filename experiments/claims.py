"""The scoreboard: what was claimed, what is measured, and whether it stands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bioplast.analysis.claim import Claim, Part, assess
from bioplast.analysis.finders import (
    find_bend,
    find_divergence,
    find_errors,
    find_estimate,
    find_excess,
    find_fewest,
    find_gain,
    find_growth,
    find_inefficiency,
    find_inverse,
    find_least,
    find_least_inefficiency,
    find_most,
    find_row,
    find_saving,
    find_trend,
)
from bioplast.analysis.verdict import NOTHING, VERDICTS, Expectation, join_verdicts
from bioplast.analysis.words import join_words
from bioplast.figures.scoreboard import plot_scoreboard
from bioplast.loading import load_module
from bioplast.studies.declaration import Study

ROOT = Path(__file__).parents[1]
VRP24, LVR20, LAZY = "van Rossum & Pache 2024", "Li & van Rossum 2020", "Pache & van Rossum 2023"
JIANG24 = "Jiang, Foyard & van Rossum 2024"

ABOUT = 1.5  # how far "about" and "alike" reach
ORDER = 10.0  # the same for powers of ten that were extrapolated
LITTLE = 1.5  # more than so many times the samples is not "a small increase in learning time"
KEPT = 1.1  # an accuracy is kept with at most a tenth more errors
about = Expectation.about
MORE, ALIKE = Expectation(low=math.nextafter(1, 2)), about(1, ABOUT)
NOT_LONG, KEEPS, LOWERS = Expectation(high=LITTLE), Expectation(high=KEPT), Expectation(low=KEPT)

SIZE, LARGE, PATHS, BOTH, COMPARE = "energy_vs_size", "largest_updates", "paths", "both", "compare"
COURSE, CACHING, TURN, LOGISTIC = "accuracy_energy", "caching", "turnover", "logistic"
FLIES, ALIKE_LEARNED = "flies", "generalization"
BEST, BEST_STDP = find_most("find_optima", "saving"), find_most("find_optimum", "saving")
BOTH_SAMPLES = find_inverse(find_row("savings", "samples", "both"))
SAMPLES = find_inverse(find_saving("samples", 1000))
LAZY_SAMPLES = find_inverse(find_row("savings", "samples"))
SYNAPSE, SIZES = {"panel": "cache", "label": "synapse"}, {"panel": "size"}
RELU = "rectified units, squared error of linear outputs"
CAPACITY = 1.9**0.5 / 0.1  # of inefficiencies sqrt(pi P) / (2 - P/N) at P/N of 1.9 and 1
CLAIMS = {
    1: Claim(
        "learning MNIST to 95 % appears to require at least 1e8 writes: with plain learning it does, and "
        "restricted rules, which is new, need fewer where inputs may be silent",
        VRP24,
        Part("least m0, plain", 1e8, Expectation(low=1e8), SIZE, find_least("m0")),
        Part(
            "least m0, any rule of the comparison",
            1e8,
            Expectation(low=1e8),
            COMPARE,
            find_fewest,
            differs="pixels as they are, of which four fifths are silent",
        ),
    ),
    2: Claim(
        "writing only large updates saves energy at slightly worse learning time, in big networks",
        VRP24,
        Part("plain / largest, m0, N = 1000", 1, MORE, LARGE, find_saving("m0", 1000)),
        Part("plain / largest, m1, N = 1000", 1, MORE, LARGE, find_saving("m1", 1000)),
        Part("largest / plain, samples", 1, NOT_LONG, LARGE, SAMPLES),
    ),
    3: Claim(
        "restricting plasticity to paths saves energy, more in larger networks",
        VRP24,
        Part("plain / subnet, m0", 1, MORE, PATHS, find_row("savings", "m0")),
        Part("plain / subnet, m1", 1, MORE, PATHS, find_row("savings", "m1")),
        Part("saving, largest / smallest N, m0", 1, MORE, PATHS, find_trend("m0")),
        Part("saving, largest / smallest N, m1", 1, MORE, PATHS, find_trend("m1")),
    ),
    4: Claim(
        "both together save substantially, with only a small increase in learning time",
        f"{VRP24}, first version",
        Part("plain / both, m0", 1, MORE, BOTH, find_row("savings", "m0", "both")),
        Part("plain / both, m1", 1, MORE, BOTH, find_row("savings", "m1", "both")),
        Part("both / plain, samples", 1, NOT_LONG, BOTH, BOTH_SAMPLES),
    ),
    5: Claim(
        "in plain backprop m0 and m1 grow as the root of N",
        f"{VRP24} (digest, unsure)",
        Part("exponent of m0", 0.5, Expectation(0.4, 0.6), SIZE, find_row("exponents", "m0")),
        Part("exponent of m1", 0.5, Expectation(0.4, 0.6), SIZE, find_row("exponents", "m1")),
    ),
    6: Claim(
        "with subnets energy does not depend on N; the best size is about 60 to 100 units",
        f"{VRP24} (digest, unsure)",
        Part("m0 at 10 N / m0 at N", 1, ALIKE, PATHS, find_growth),
        Part("best size, m0", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m0")),
        Part("best size, m1", 80, Expectation(60, 100), PATHS, find_row("best_subnets", "m1")),
    ),
    7: Claim(
        "largest keeps the best reachable accuracy; fixed lowers it",
        f"{VRP24} (digest, unsure)",
        Part("largest(0.1) / plain, least errors", 1, KEEPS, COURSE, find_errors("largest(0.1)")),
        Part("largest(0.01) / plain, least errors", 1, KEEPS, COURSE, find_errors("largest(0.01)")),
        Part("fixed(0.1) / plain, least errors", KEPT, LOWERS, COURSE, find_errors("fixed(0.1)")),
    ),
    8: Claim(
        "which synapses win changes all the time: Simpson index 0.6 for largest, 0.01 for a fixed mask",
        f"{VRP24} (digest, unsure; definition not seen)",
        Part("index of largest(0.1)", 0.6, None, TURN, find_row("simpson_indices", "largest(0.1)")),
        Part("index of largest(0.01)", 0.6, None, TURN, find_row("simpson_indices", "largest(0.01)")),
        Part("index of fixed(0.01)", 0.01, None, TURN, find_row("simpson_indices", "fixed(0.01)")),
    ),
    9: Claim(
        "extrapolated to macaque V1, plain backprop wastes about 1e5 in m0 and 700 in m1",
        f"{VRP24} (digest, unsure)",
        Part("V1 / best size, m0", 1e5, about(1e5, ORDER), SIZE, find_row("excess_in_v1", "m0")),
        Part("V1 / best size, m1", 700, about(700, ORDER), SIZE, find_row("excess_in_v1", "m1")),
    ),
    10: Claim(
        "a perceptron of 1,000 synapses learns 1,900 patterns at about 900 times the minimum, which diverges "
        "towards the capacity of 2 patterns a synapse",
        f"{LVR20} fig. 1D",
        Part("m1 / minimum, 1,900 patterns", 900, about(900, ABOUT), "perceptron", find_inefficiency(1.9)),
        Part("m1 / minimum, 1,900 / 1,000", CAPACITY, about(CAPACITY, ABOUT), "perceptron", find_divergence),
    ),
    11: Claim(
        "backprop on MNIST uses at least 20 times the minimum, at any accuracy",
        f"{LVR20} fig. 5B",
        Part("least m1 / minimum", 20, Expectation(low=20), LOGISTIC, find_least_inefficiency),
        Part("rectified: the same", 20, Expectation(low=20), COURSE, find_least_inefficiency, differs=RELU),
    ),
    12: Claim(
        "caching saves up to 10-fold; an optimal threshold exists; local and neuron-wide triggers are alike",
        f"{LVR20} figs. 3-5",
        Part("plain / caching at its best", 10, about(10, ABOUT), LOGISTIC, BEST),
        Part("smallest / best threshold", 1, MORE, LOGISTIC, find_excess("energy", "threshold", 0, SYNAPSE)),
        Part("largest / best threshold", 1, MORE, LOGISTIC, find_excess("energy", "threshold", -1, SYNAPSE)),
        Part("neuron's / synapse's saving", 1, ALIKE, LOGISTIC, find_estimate("compare_triggers")),
        Part("rectified: plain / caching", 10, about(10, ABOUT), CACHING, BEST, differs=RELU),
    ),
    13: Claim(
        "energy grows about exponentially with the accuracy asked for; hardly depends on eta unless large",
        f"{LVR20} fig. 5A",
        Part("slope of ln m1, high / low", 1, ALIKE, LOGISTIC, find_estimate("compare_growth")),
        Part("m1, eta 0.03 / 0.1", 1, ALIKE, LOGISTIC, find_row("rates", 0.03)),
        Part("m1, eta 1 / 0.1", ABOUT, Expectation(low=ABOUT), LOGISTIC, find_row("rates", 1.0)),
        Part("rectified: slope, high / low", 1, ALIKE, COURSE, find_bend, differs=RELU),
    ),
    14: Claim(
        "an optimal hidden size exists",
        f"{LVR20} fig. 5C",
        Part(
            "smallest / best size, m1", 1, MORE, LOGISTIC, find_excess("m1", "hidden", 0, {"panel": "size"})
        ),
        Part(
            "largest / best size, m1", 1, MORE, LOGISTIC, find_excess("m1", "hidden", -1, {"panel": "size"})
        ),
        Part("rectified: smallest / best", 1, MORE, SIZE, find_excess("m1", "hidden", 0), differs=RELU),
        Part("rectified: largest / best", 1, MORE, SIZE, find_excess("m1", "hidden", -1), differs=RELU),
    ),
    15: Claim(
        "lazy learning takes about 2.2 times less m1 at 95 %, but twice as many samples; 99.2 % on EMNIST",
        LAZY,
        Part("plain / lazy, m1", 2.2, about(2.2, ABOUT), "lazy", find_row("savings", "m1")),
        Part("lazy / plain, samples", 2, about(2, ABOUT), "lazy", LAZY_SAMPLES),
        Part("accuracy on EMNIST digits", 0.992, Expectation(low=0.99), lacking="EMNIST is out of reach"),
    ),
    16: Claim(
        "in a spiking perceptron with STDP caching saves about 80 %",
        f"{LVR20} fig. 2 supplement 1",
        Part(
            "plain / caching",
            5,
            about(5, ABOUT),
            "spiking_perceptron",
            BEST_STDP,
            differs="a cell, patterns and an STDP rule of our own",
        ),
    ),
    17: Claim(
        "flies whose energy reserve and prediction error together choose their memory live longer than with "
        "either memory alone",
        JIANG24,
        Part("their sum / better memory", 1, MORE, FLIES, find_gain("their sum")),
        Part("either of two / better memory", 1, MORE, FLIES, find_gain("reserve or surprise")),
    ),
    18: Claim(
        "at equal training error restricted plasticity generalizes as plain learning does",
        f"{VRP24} (unsure)",
        Part("largest / plain, test errors", 1, KEEPS, ALIKE_LEARNED, find_row("ratios", "largest(f)")),
        Part("above / plain, test errors", 1, KEEPS, ALIKE_LEARNED, find_row("ratios", "above(θ)")),
        Part("subnet / plain, test errors", 1, KEEPS, ALIKE_LEARNED, find_row("ratios", "subnet(k)")),
    ),
}

SOURCES = tuple(dict.fromkeys(p.experiment for claim in CLAIMS.values() for p in claim.parts if p.experiment))

CAPTION = """
Claims of the literature and what is measured here; {n_parts} numbers of {n_claims} claims.

Each line is a number that a claim stands or falls with: measured over claimed, with its interval over seeds;
beside it the number itself, [its interval] and n. Intervals of medians are order statistics: the range of 3,
5 and 10 seeds covers the median with 75, 93.8 and 99.8 %, and of ten seeds the second to the ninth is taken,
which covers 97.9 %. Gray: the range in which the claim would be right; "about" and "alike" are a factor of
{about}, or of {order} for what was extrapolated; "little" longer is at most {little} times the samples; an
accuracy is kept with at most {kept} times the errors. The verdict follows from these alone: reproduced if the
whole interval is in the range, refuted if none of it is; it cannot be decided otherwise, nor where the
source's definition is not known. What was measured with another network, loss, task or goal than the
source's is shown beside it and decides nothing. Runs that missed the goal are bounds: an end that is not
known may be anywhere. A claim is refuted if one of its numbers is, and reproduced if all are. Open markers
lie beyond the edge.

If every true value stood at an end of its range, the intervals alone would decide about {chance} of the
{n_decided} numbers that are decided here.

{verdicts}
"""


def analyze(sources: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Exactly what is drawn: a row per number, with what was claimed, what is measured, and the verdict."""
    modules = {name: load_module("experiment", name, ROOT) for name in sources}
    rows = []
    for number, claim in CLAIMS.items():
        for letter, part in zip("abcdefgh", claim.parts, strict=False):
            name = f"{number}{letter if len(claim.parts) > 1 else ''}"
            is_found = part.experiment != ""
            found = part.find(modules[part.experiment], sources[part.experiment]) if is_found else NOTHING
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
    verdicts = _join(data)
    numbers = {name: ", ".join(map(str, verdicts.index[verdicts == name])) for name in VERDICTS}
    return {
        "n_parts": str(len(data)),
        "n_claims": str(len(verdicts)),
        "about": f"{ABOUT:g}",
        "order": f"{ORDER:g}",
        "little": f"{LITTLE:g}",
        "kept": f"{KEPT:g}",
        "chance": f"{data['chance'].sum():.1f}",
        "n_decided": str(int((data["chance"] > 0).sum())),
        "verdicts": " ".join(f"{name.capitalize()}: {found}." for name, found in numbers.items() if found),
    }


def headline(data: pd.DataFrame) -> str:
    """How many claims stand."""
    verdicts = _join(data)
    counts = [f"{(verdicts == name).sum()} {name}" for name in VERDICTS if (verdicts == name).any()]
    n_decided, chance = (data["chance"] > 0).sum(), data["chance"].sum()
    return (
        f"Of {len(verdicts)} claims {join_words(counts)}; of {n_decided} numbers that decide, "
        f"chance alone would decide {chance:.1f}"
    )


def _join(data: pd.DataFrame) -> pd.Series[str]:
    return data.groupby("claim", sort=False)["verdict"].agg(join_verdicts)


STUDY = Study(
    sources=SOURCES,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot_scoreboard,
    caption=CAPTION,
)
