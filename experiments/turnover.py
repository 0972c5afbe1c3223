"""Which synapses are written: turnover from trial to trial, and how evenly writes are spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bioplast.analysis.cells import stack
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.interval import say
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import plot_places
from bioplast.figures.style import GRAY, Look, make_looks
from bioplast.network import Layer
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.tasks.task import Trials
from bioplast.training.config import RunConfig
from bioplast.training.record import Run
from bioplast.training.run import SetUp, set_up

RULES = {
    "plain": "plain",
    "largest(0.01)": "largest(0.01, output=0.784)",
    "largest(0.1)": "largest(0.1, output=1)",
    "above(0.0003)": "above(0.0003)",
    "random(0.01)": "random(0.01, output=0.784)",
    "fixed(0.01)": "fixed(0.01, output=0.784)",
}
LAGS = (1, 2, 5, 10, 20, 50)
SHARES = tuple(np.linspace(0, 1, 51).round(2).tolist())
N_GROUPS = 10  # tenths of input pixels, by how bright they are
CLAIMED = {"largest(0.01)": 0.6, "largest(0.1)": 0.6, "fixed(0.01)": 0.01}
COLUMNS = ("label", "rule", "seed", "samples", "trials", "panel", "x", "y", "kind", "n")

CAPTION = """
Which synapses of the hidden layer are written, ann, N = 100, mnist. Paper protocol, input encoding 'paper',
where almost every input is on in every trial; {n_samples} samples; {n_seeds}. The output layer writes as
many synapses as the hidden layer, or all it has.

a: of the synapses written in one trial, the share that is written again so many trials later, over
{n_trials} trials at the end of learning; dashed: chance, the share written in a trial. plain and fixed lie
on each other.

b: the share of all writes that fell on the most written synapses; diagonal: spread evenly.

c: inverse Simpson index of writes per synapse over the number of synapses n, D = (sum_i m0_i)^2 /
(n sum_i m0_i^2): 1 if all synapses were written equally often, k/n if k of them took equal shares and the
others none. One marker a seed, bars: medians; crosses: the claimed 0.6 for largest and 0.01 for a fixed
mask, whose fraction and definition are not known. {indices}

d: writes a trial and synapse, by the brightness of the synapse's input pixel, in tenths of the pixels from
dark to bright, averaged over training images. {missing}
"""

CELLS = [{"label": label, "rule": rule} for label, rule in RULES.items()]
POINTS = Grid(cells=CELLS, samples=20_000, trials=100, seeds=10)
QUICK = Grid(cells=CELLS, samples=4_000, trials=30)


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Learn, then watch single trials; a row a number, told apart by ``panel`` and its place ``x``.

    Panels are ``overlap`` (x: lag in trials), ``chance`` (x: 0), ``concentration`` (x: share of synapses),
    ``index`` (x: 0) and ``winners`` (x: group of pixels).
    """
    setup = set_up(
        RunConfig(
            "ann",
            rule=point["rule"],
            hidden=100,
            seed=point["seed"],
            protocol="paper",
            goal=1.0,
            max_samples=point["samples"],
        ),
        project=project,
    )
    run = setup.carry_out()
    layer = _get_hidden(run)
    writes = layer.books.m0.copy()
    written = _watch_trials(setup, run, layer, point["trials"])
    brightness = setup.protocol.task.train.pixels.mean(axis=0)
    curves = {
        "overlap": {lag: compute_overlap(written, lag) for lag in LAGS if lag < len(written)},
        "chance": {0: float(written.mean())},
        "concentration": dict(zip(SHARES, compute_concentration(writes, SHARES).tolist(), strict=True)),
        "index": {0: compute_simpson(writes)},
        "winners": dict(enumerate(compute_rates(writes, brightness, point["samples"]).tolist(), start=1)),
    }
    return [{"panel": panel, "x": x, "y": y} for panel, curve in curves.items() for x, y in curve.items()]


def compute_overlap(written: NDArray[np.bool_], lag: int) -> float:
    """Of what one trial wrote, the share that a trial ``lag`` later writes again; ``written`` (trials, n)."""
    now, later = written[:-lag], written[lag:]
    return float((now & later).sum() / now.sum()) if now.any() else float("nan")


def compute_concentration(writes: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.float64]:
    """The share of ``writes`` (any shape) on the most written part of synapses, for each of ``shares``."""
    ranked = np.sort(writes, axis=None)[::-1].astype(np.float64)
    running = np.concatenate([[0.0], np.cumsum(ranked)]) / ranked.sum()
    return np.interp(np.asarray(shares) * ranked.size, np.arange(running.size), running)


def compute_simpson(writes: NDArray[np.int64]) -> float:
    r"""Inverse Simpson index over the number of synapses, :math:`(\sum m_i)^2 / (n \sum m_i^2)`, in (0, 1].

    >>> compute_simpson(np.array([3, 3, 0, 0]))
    0.5
    """
    counts = writes.astype(np.float64)
    return float(counts.sum() ** 2 / (counts.size * (counts**2).sum()))


def compute_rates(
    writes: NDArray[np.int64], brightness: NDArray[np.float64], samples: int
) -> NDArray[np.float64]:
    """Writes a trial and synapse, (N_GROUPS,), by how bright its pixel is.

    Parameters
    ----------
    writes : (n_pixels + 1, n_post), how often each synapse was written
    brightness : (n_pixels,), of each pixel
    samples : number of trials
    """
    groups = np.array_split(np.argsort(brightness, kind="stable"), N_GROUPS)
    return np.array([writes[group].mean() for group in groups]) / samples


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn: the measured rows, ``kind`` run, and below them medians over seeds."""
    cells = ["label", "rule", "samples", "trials", "panel", "x"]
    medians = rows.groupby(cells, sort=False)["y"].agg(["median", "count"]).reset_index()
    medians = medians.rename(columns={"median": "y", "count": "n"})
    return stack([rows.assign(kind="run"), medians.assign(kind="median")], COLUMNS)


def simpson_indices(data: pd.DataFrame) -> pd.DataFrame:
    """The index D by kind of rule: ``value``, ``low``, ``high`` (95 % interval over seeds) and ``n``."""
    return _estimate(data, "index", 0)


def overlaps(data: pd.DataFrame, lag: int = 1) -> pd.DataFrame:
    """Overlap between trials so far apart, by kind of rule: ``value``, ``low``, ``high`` and ``n``."""
    return _estimate(data, "overlap", lag)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of rule: share written, overlap with the next trial, index."""
    medians = data[data["kind"] == "median"]
    wanted = {"share written": ("chance", 0), "overlap": ("overlap", LAGS[0]), "simpson": ("index", 0)}
    columns = {
        name: medians[(medians["panel"] == panel) & (medians["x"] == x)].set_index("label")["y"]
        for name, (panel, x) in wanted.items()
    }
    table = pd.DataFrame(columns).reindex(list(RULES)).dropna(how="all")
    return table.rename_axis("label").reset_index()


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    found, n = simpson_indices(data), int(data["n"].max())
    return {
        "n_samples": f"{data['samples'].iloc[0]:,}",
        "n_trials": str(data["trials"].iloc[0]),
        "n_seeds": f"n = {n} seed{'s' * (n > 1)}",
        "indices": "Seen: "
        + ", ".join(f"{label} {say(row, '.2g')}" for label, row in found.iterrows())
        + ".",
    }


def headline(data: pd.DataFrame) -> str:
    """How much of what is written is written again, and how evenly writes are spread."""
    again, index = overlaps(data)["value"], simpson_indices(data)["value"]
    chance = data[(data["kind"] == "median") & (data["panel"] == "chance")].set_index("label")["y"]
    label = "largest(0.01)"
    if label not in again or label not in index:
        return ""
    return (
        f"Of the synapses that {label} writes {100 * again[label]:.0f} % are written again in the next trial "
        f"(by chance {100 * chance[label]:.0f} %); its writes are as concentrated as if "
        f"{100 * index[label]:.0f} % of the synapses took all of them"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Overlap, concentration, index and winners, a color a rule."""
    names = {"xlabel": "Input pixels, dark to bright (tenth)", "ylabel": "Writes a trial and synapse"}
    rows = [
        [
            panel(_plot_overlap, where={"panel": ("overlap", "chance")}),
            panel(_plot_concentration, where={"panel": "concentration"}),
        ],
        [
            panel(_plot_indices, where={"panel": "index"}),
            panel(_plot_curves, where={"panel": "winners"}, settings={"yscale": "log", **names}),
        ],
    ]
    looks = make_looks(label for label in RULES if label in set(data["label"]))
    return Panels(rows, height_mm=125, looks=looks)(data)


def _plot_overlap(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """The share of a trial's writes that recurs, against the lag; dashed: chance."""
    _plot_curves(data[data["panel"] == "overlap"], ax, looks)
    for look, rows in _split(data[(data["panel"] == "chance") & (data["kind"] == "median")], looks):
        draw_line(ax, rows["y"].iloc[0], color=look.color)
    ax.set(xscale="log", yscale="log", xlabel="Lag (trials)", ylabel="Share written again")


def _plot_concentration(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """The share of writes that fell on the most written synapses."""
    ax.plot([0, 1], [0, 1], color=GRAY, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    _plot_curves(data, ax, looks, has_markers=False)
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    ax.set(xlabel="Share of synapses, most written first", ylabel="Share of all writes")


def _plot_indices(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """The index of each rule; crosses are what was claimed."""
    plot_places(data, ax, looks, quantity="y")
    for place, label in enumerate(looks):
        if label in CLAIMED:
            ax.plot(place + 0.42, CLAIMED[label], color=GRAY, marker="x", linestyle="none", zorder=4)
    ax.set(yscale="log", ylabel="Simpson index $D$")


def _plot_curves(data: pd.DataFrame, ax: Axes, looks: Looks, *, has_markers: bool = True) -> None:
    """Thin lines: runs; thick: medians."""
    for look, rows in _split(data, looks):
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["x"], run["y"], color=look.color, linewidth=0.4, alpha=0.6, zorder=2)
        medians = rows[rows["kind"] == "median"]
        marker = look.marker if has_markers else "none"
        ax.plot(medians["x"], medians["y"], color=look.color, marker=marker, markersize=3.0, zorder=3)


def _split(data: pd.DataFrame, looks: Looks) -> Iterator[tuple[Look, pd.DataFrame]]:
    for label, look in looks.items():
        rows = data[data["label"] == label].sort_values("x")
        if len(rows):
            yield look, rows


def _get_hidden(run: Run) -> Layer:
    assert run.state is not None  # it was carried out just now
    return next(layer for layer in run.state.layers if layer.name == "input->hidden")


def _watch_trials(setup: SetUp, run: Run, layer: Layer, n_trials: int) -> NDArray[np.bool_]:
    """(n_trials, n_synapses), which synapses each of the next trials writes."""
    assert run.state is not None
    written = np.zeros((n_trials, layer.books.m0.size), bool)
    order = setup.protocol.order(run.record["samples"], n_trials)
    for trial in range(n_trials):
        before = layer.books.m0.copy()
        trials = Trials(setup.protocol.task.train, order[trial : trial + 1], first=run.state.trial)
        setup.model.present(run.state, trials, learn=True)
        written[trial] = (layer.books.m0 != before).ravel()
    return written


def _estimate(data: pd.DataFrame, panel: str, x: float) -> pd.DataFrame:
    cells = data[(data["kind"] == "run") & (data["panel"] == panel) & (data["x"] == x)]
    return estimate_by(cells, "y", "label")


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
