"""Whether savings are paid for on new images: test errors at equal accuracy on training images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import stack, with_medians
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.interval import say
from bioplast.analysis.statistics import say_coverage
from bioplast.analysis.words import join_words
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import plot_places
from bioplast.figures.style import make_looks
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.studies.tuned import read_tuned
from bioplast.training.config import RunConfig
from bioplast.training.loop import Position, evaluate
from bioplast.training.protocol import Examination
from bioplast.training.run import set_up

LEARNED, LIMIT = 0.97, 200_000
N_KNOWN = 10_000  # training images that are looked at
KINDS = {  # of rules, as they were tuned
    "plain": "plain",
    "largest(f)": "largest",
    "above(θ)": "above",
    "subnet(k)": "subnet",
    "above(θ) of synapses": "above per synapse",
}
TUNED = {label: read_tuned("ann", kind) for label, kind in KINDS.items()}

CAPTION = """
Test errors of networks that learned, one image at a time, until {learned} of the first {known} training
images they saw were right (looked at every 2,000 images); ann, N = 100, mnist, standard protocol, input
encoding 'rates'; n = {n} seeds; settings tuned on other seeds. Markers: seeds, open where that was not
reached; bars: medians; intervals are {coverage}.

a: test errors. b: relative to plain learning with the same seed. {errors} c: weight writes relative to plain
learning. {missing}
"""

CELLS = [
    {"label": label, "rule": tuned.rule, "learning_rate": tuned.options["learning_rate"]}
    for label, tuned in TUNED.items()
]
POINTS = Grid(cells=CELLS, learned=LEARNED, limit=LIMIT, seeds=10)
QUICK = Grid(cells=CELLS, learned=0.85, limit=16_000)


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Learn until so many training images are right, then look at the test images."""
    rates = dict.fromkeys(("learning_rate", "learning_rate_output"), point["learning_rate"])
    config = RunConfig(
        "ann",
        rule=point["rule"],
        hidden=100,
        seed=point["seed"],
        goal=1.0,
        max_samples=point["limit"],
        options=rates,
    )
    setup = set_up(config, project=project)
    model, protocol, position = setup.model, setup.protocol, Position()
    state = model.initial_state(point["seed"])
    known = Examination(protocol.task.train, protocol.order(0, N_KNOWN), stream=1)
    right = 0.0
    while right < point["learned"] and position.samples < protocol.max_samples:
        trials = protocol.make_trials(position.samples, first=state.trial)
        model.present(state, trials, learn=True)
        position.samples += len(trials)
        right = evaluate(model, state, known, position)
    state.consolidate()
    m0 = sum(energy.m0 for energy in state.energies.values())
    test = evaluate(model, state, protocol.test, position)
    return [{"samples": position.samples, "train": right, "test": test, "m0": m0}]


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn: ``errors`` on the test set in percent, and ``ratio``, ``writes`` to plain's."""
    runs = rows.assign(errors=100 * (1 - rows["test"]), converged=rows["train"] >= rows["learned"])
    plain = runs[runs["label"] == "plain"].set_index("seed")
    runs["ratio"] = runs["errors"] / runs["seed"].map(plain["errors"])
    runs["writes"] = runs["m0"] / runs["seed"].map(plain["m0"])
    data = with_medians(runs, ["label", "rule"], ["errors", "ratio", "writes", "train", "test", "samples"])
    names = ["kind", "label", "rule", "learned", "seed", "converged", "n", "reached", "samples", "train"]
    return stack([data], [*names, "test", "errors", "ratio", "writes"])


def ratios(data: pd.DataFrame) -> pd.DataFrame:
    """Test errors over those of plain learning at equal training accuracy, a row a rule."""
    runs = data[(data["kind"] == "run") & data["converged"].eq(True)]
    return estimate_by(runs, "ratio", "label")


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    n = int(data["seed"].nunique())
    said = (f"{label}: {say(row, '.2f')}" for label, row in ratios(data).iterrows() if label != "plain")
    return {
        "learned": f"{100 * data['learned'].dropna().iloc[0]:g} %",
        "known": f"{N_KNOWN:,}",
        "n": str(n),
        "coverage": say_coverage(n),
        "errors": "; ".join(said) + ".",
    }


def headline(data: pd.DataFrame) -> str:
    """How far test errors of the rules are from plain learning's, and which did not learn enough."""
    found = ratios(data).drop(index="plain", errors="ignore").dropna(subset=["value"])
    missed = [label for label in dict.fromkeys(data["label"]) if label not in {"plain", *found.index}]
    if found.empty:
        return ""
    learned = f"{100 * data['learned'].dropna().iloc[0]:g} %"
    others = f"; {join_words(missed)} did not get there" if missed else ""
    return (
        f"At {learned} of the training images right, test errors are {found['value'].min():.2f} "
        f"({found['value'].idxmin()}) to {found['value'].max():.2f} ({found['value'].idxmax()}) times plain's"
        f"{others}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Errors, errors and writes relative to plain learning's."""
    looks = make_looks(label for label in KINDS if label in set(data["label"]))
    others = {label: look for label, look in looks.items() if label != "plain"}
    row = [
        panel(_plot, quantity="errors", looks=looks, settings={"ylabel": "Test errors (%)"}),
        panel(_plot, quantity="ratio", looks=others, settings={"ylabel": "Test errors (plain: 1)"}),
        panel(
            _plot, quantity="writes", looks=others, settings={"ylabel": "Writes (plain: 1)", "yscale": "log"}
        ),
    ]
    return Panels([row], height_mm=65, legend=None)(data)


def _plot(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    plot_places(data, ax, looks, quantity=quantity)
    if quantity != "errors":
        draw_line(ax, 1)


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
