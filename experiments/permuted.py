"""Ten tasks one after the other: what is forgotten of permuted MNIST, and what learning each task costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bioplast.analysis.estimates import estimate_by
from bioplast.energy import Energy
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.places import plot_places
from bioplast.figures.style import make_looks
from bioplast.loading import load_module
from bioplast.network import State
from bioplast.plasticity import Plasticity
from bioplast.randomness import make_rng
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.tasks import Images, Trials, load_task

MODEL = "spiking"
RULES = {
    "plain": "plain",
    "largest": "largest(0.005, output=0.2)",
    "above": "above(0.0003)",
    "subnet": "subnet(20)",
    "subnet + largest": "subnet(20) + largest(0.05, output=0.5)",
    "cache": "cache(0.02)",
}
N_HIDDEN, N_TASKS = 200, 10
N_IMAGES, N_TESTED = 20_000, 2000
CHUNK = 10_000
POINTS = Grid(
    label=tuple(RULES), seeds=5, capped=True, hidden=N_HIDDEN, tasks=N_TASKS, images=N_IMAGES, tested=N_TESTED
)
QUICK = Grid(
    label=("plain", "subnet", "cache"), seeds=1, capped=True, hidden=50, tasks=2, images=1500, tested=300
)
COSTS = ("m0", "m1")

CAPTION = """
{tasks} tasks one after the other in the spiking network ({hidden} cells): MNIST with its pixels in another
order in each task, {images} images a task, each shown once; nothing tells the network which task an image is
of, when a task begins, or to which one a test image belongs. Input encoding 'rates'; the network's own
learning rates. subnet takes other units in each task. {n}; test: {tested} images a task.

a: accuracy on each task when all have been learned. b: accuracy on a task just after it was learned. c, d:
writes (M0) and summed size of the changes (M1) of each task. Lines: medians. e: mean accuracy over all tasks
after the last. f: writes of all tasks. A marker a seed; bars: medians. {said} {missing}
"""


def make_order(task: int, seed: int, n_pixels: int) -> NDArray[np.int64]:
    """The order of the pixels in a task; in the first one they are where they were."""
    rng = np.random.default_rng([int(make_rng(seed, "order").integers(2**32)), task])
    return rng.permutation(n_pixels) if task else np.arange(n_pixels)


def take_new_paths(state: State, network: Any, task: int) -> State:
    """The same state with other plastic units for a task: those behind the last one's, in a ring."""
    path = network.plasticity.path
    if path is None:
        return state
    shift = task * path.units
    layers = []
    for layer in state.layers:
        first = path.mask(layer.view, make_rng(state.seed, "masks"))
        plastic = first if layer.is_readout else np.roll(first, shift, axis=1)
        if layer.depth:  # the last row is that of the unit that is always on
            plastic = np.vstack([np.roll(plastic[:-1], shift, axis=0), plastic[-1:]])
        layers.append(replace(layer, plastic=plastic))
    return replace(state, layers=tuple(layers))


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Learn the tasks in turn: what each took, its accuracy then, and in the end."""
    data = load_task("mnist")
    network = load_module("model", MODEL, project).make_network(
        n_pixels=data.n_pixels,
        n_classes=data.n_classes,
        n_hidden=point["hidden"],
        plasticity=Plasticity.parse(RULES[point["label"]]),
        device="cpp_standalone",
    )
    seed = point["seed"]
    state = network.initial_state(seed)
    orders = [make_order(task, seed, data.n_pixels) for task in range(point["tasks"])]
    rows = []
    for task, order in enumerate(orders):
        shown = make_rng(seed, "order").permutation(len(data.train))[: point["images"]]
        state = take_new_paths(state, network, task)
        before = sum(state.energies.values(), Energy())
        for first in range(0, len(shown), CHUNK):
            indices = shown[first : first + CHUNK]
            images = Images(data.train.pixels[indices][:, order], data.train.labels[indices], passing=True)
            trials = Trials(images, np.arange(len(images)), first=state.trial)
            network.present(state, trials, learn=True)
        state.consolidate()
        after = sum(state.energies.values(), Energy())
        accuracy = _test(network, state, data.test, order, point["tested"])
        spent = {name: getattr(after, name) - getattr(before, name) for name in COSTS}
        rows.append({"task": task + 1, "accuracy_then": accuracy, **spent})
    for row, order in zip(rows, orders, strict=True):
        row["accuracy"] = _test(network, state, data.test, order, point["tested"])
    return rows


def _test(network: Any, state: State, images: Images, order: NDArray[np.int64], n_tested: int) -> float:
    shown = Images(images.pixels[:n_tested][:, order], images.labels[:n_tested], passing=True)
    trials = Trials(shown, np.arange(n_tested), stream=2)
    return float((network.present(state, trials, learn=False).predictions == trials.labels).mean())


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``task``, a row a task, and ``whole``, a row a run."""
    runs = rows.groupby(["label", "seed"], sort=False)
    whole = runs.agg(
        accuracy=("accuracy", "mean"),
        lost=("accuracy_then", lambda then: then.iloc[0]),
        m0=("m0", "sum"),
        m1=("m1", "sum"),
    ).reset_index()
    first = rows[rows["task"] == 1].set_index(["label", "seed"])["accuracy"]
    whole["lost"] -= first.reindex(pd.MultiIndex.from_frame(whole[["label", "seed"]])).to_numpy()
    by_task = ["label", "task"]
    values = ["accuracy", "accuracy_then", *COSTS]
    parts = [
        rows.assign(panel="task", kind="run"),
        rows.groupby(by_task, sort=False)[values].median().reset_index().assign(panel="task", kind="median"),
        whole.assign(panel="whole", kind="run"),
        whole.groupby("label", sort=False)[["accuracy", "lost", *COSTS]]
        .median()
        .reset_index()
        .assign(panel="whole", kind="median"),
    ]
    settings = ["hidden", "tasks", "images", "tested"]
    columns = ["panel", "kind", "label", "task", "seed", *values, "lost", *settings]
    data = pd.concat([part.reindex(columns=columns).astype(object) for part in parts], ignore_index=True)
    return data.infer_objects().astype(dict.fromkeys(["task", "seed", *settings], "Int64"))


def find_ends(data: pd.DataFrame, column: str) -> pd.DataFrame:
    """By rule, the median over seeds of a column of whole runs, and its range."""
    rows = data[(data["panel"] == "whole") & (data["kind"] == "run")]
    return estimate_by(rows, column, "label")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a rule: accuracy in the end, what was lost of the first task, and what all tasks took."""
    plain = find_ends(data, "m0").loc["plain", "value"]
    rows = []
    for label in RULES:
        if label in find_ends(data, "accuracy").index:
            ends = {name: find_ends(data, name).loc[label, "value"] for name in ("accuracy", "lost", *COSTS)}
            then = data[(data["panel"] == "task") & (data["kind"] == "run") & (data["label"] == label)]
            names = {"rule": RULES[label], "accuracy then": then["accuracy_then"].astype(float).median()}
            rows.append({"label": label, **names, **ends, "m0 saving": plain / ends["m0"]})
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    runs = data[data["kind"] == "run"]
    sizes = {name: int(runs[name].dropna().iloc[0]) for name in ("hidden", "tasks", "images", "tested")}
    table = tabulate(data)
    said = [
        f"{row.label} ({row.rule}): {row.accuracy:.1%}, the first task lost {100 * row.lost:.1f} points."
        for row in table.itertuples()
    ]
    n = runs["seed"].nunique()
    return {
        **{name: f"{size:,}" for name, size in sizes.items()},
        "n": f"n = {n} seed{'s' * (n > 1)}",
        "said": "Mean accuracy in the end: " + " ".join(said),
    }


def headline(data: pd.DataFrame) -> str:
    """What the rule that keeps most keeps beside plain learning, and what it writes."""
    table = tabulate(data).set_index("label")
    best, plain = table.loc[table["accuracy"].idxmax()], table.loc["plain"]
    n = int(data["tasks"].dropna().iloc[0])
    kept = f"After {n} tasks in turn plain learning is {plain['accuracy']:.0%} right"
    if best.name == "plain":
        return f"{kept}, and no rule more"
    return (
        f"{kept}, {best.name} {best['accuracy']:.0%}, with {best['m0 saving']:.2g} times fewer writes; "
        f"of the first task they lose {100 * plain['lost']:.0f} and {100 * best['lost']:.0f} points"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Accuracies and costs task by task, and of all tasks by rule."""
    looks = make_looks(label for label in RULES if (data["label"] == label).any())
    tasks = [
        panel(plot_tasks, quantity=name, where={"panel": "task"}, settings={"ylabel": label} | more)
        for name, label, more in (
            ("accuracy", "Accuracy after the last task", {"ylim": (0, 1)}),
            ("accuracy_then", "Accuracy after this task", {"ylim": (0, 1)}),
            ("m0", name_axis("m0"), {"yscale": "log"}),
            ("m1", name_axis("m1"), {"yscale": "log"}),
        )
    ]
    whole = [
        panel(
            plot_places,
            quantity="accuracy",
            where={"panel": "whole"},
            settings={"ylabel": "Mean accuracy, all tasks", "ylim": (0, 1)},
        ),
        panel(plot_places, quantity="m0", where={"panel": "whole"}, settings={"yscale": "log"}),
    ]
    return Panels([tasks[:2], tasks[2:], whole], height_mm=180, looks=looks)(data)


def plot_tasks(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """Task by task, a marker a run and a line through medians.

    Parameters
    ----------
    data : columns ``label``, ``kind``, ``task`` and ``quantity``
    ax : axes to draw on
    looks : how each rule is drawn
    quantity : what is drawn
    """
    for label, look in looks.items():
        rows = data[data["label"] == label]
        medians = rows[rows["kind"] == "median"].sort_values("task")
        runs = rows[rows["kind"] == "run"]
        ax.plot(medians["task"].astype(float), medians[quantity].astype(float), color=look.color)
        ax.plot(
            runs["task"].astype(float),
            runs[quantity].astype(float),
            color=look.color,
            marker=look.marker,
            markersize=2.5,
            linestyle="none",
        )
    ax.set_xlabel("Task")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


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
