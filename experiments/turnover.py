"""Which synapses are written: turnover from trial to trial, and how evenly writes are spread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.interval import say
from bioplast.figures.style import DOUBLE_COLUMN_MM, Look, label_panel, make_figure, make_looks
from bioplast.figures.winners import plot_concentration, plot_indices, plot_overlap, plot_winners
from bioplast.network import HIDDEN_LAYER, Layer
from bioplast.studies.grid import make_seeds
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
SEEDS, SAMPLES, N_TRIALS = 5, 20_000, 100
QUICK_SEEDS, QUICK_SAMPLES, QUICK_TRIALS = 1, 4_000, 30
LAGS = (1, 2, 5, 10, 20, 50)
SHARES = tuple(np.linspace(0, 1, 51).round(2).tolist())
N_GROUPS = 10  # tenths of input pixels, by how bright they are
CLAIMED = {"largest(0.01)": 0.6, "largest(0.1)": 0.6, "fixed(0.01)": 0.01}

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


def make_points(quick: bool, seeds: int | None) -> list[dict[str, Any]]:
    """Rules x seeds."""
    samples, n_trials, default = (
        (QUICK_SAMPLES, QUICK_TRIALS, QUICK_SEEDS) if quick else (SAMPLES, N_TRIALS, SEEDS)
    )
    numbers = make_seeds(default if seeds is None else seeds)
    return [
        {"label": label, "rule": rule, "seed": seed, "samples": samples, "trials": n_trials}
        for label, rule in RULES.items()
        for seed in numbers
    ]


def expected_point_seconds(point: dict[str, Any]) -> float:
    """Learning, and then looking at the books after every trial."""
    return 1 + point["samples"] / 20_000 + point["trials"] / 150


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


def analyse(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn: the measured rows, ``kind`` run, and below them medians over seeds."""
    cells = ["label", "rule", "samples", "trials", "panel", "x"]
    medians = rows.groupby(cells, sort=False)["y"].agg(["median", "count"]).reset_index()
    medians = medians.rename(columns={"median": "y", "count": "n"}).assign(kind="median")
    return pd.concat([rows.assign(kind="run"), medians], ignore_index=True).astype(
        {"seed": "Int64", "n": "Int64"}
    )


def simpson_indices(data: pd.DataFrame) -> pd.DataFrame:
    """The index D by kind of rule: ``value``, ``low``, ``high`` (95 % interval over seeds) and ``n``."""
    return _estimate(data, "index", 0)


def overlaps(data: pd.DataFrame, lag: int = 1) -> pd.DataFrame:
    """Overlap between trials so far apart, by kind of rule: ``value``, ``low``, ``high`` and ``n``."""
    return _estimate(data, "overlap", lag)


def tabulate(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a kind of rule: share written, overlap with the next trial, index."""
    data = analyse(rows)
    medians = data[data["kind"] == "median"]
    wanted = {"share written": ("chance", 0), "overlap": ("overlap", LAGS[0]), "simpson": ("index", 0)}
    table = pd.DataFrame(
        {
            name: medians[(medians["panel"] == panel) & (medians["x"] == x)].set_index("label")["y"]
            for name, (panel, x) in wanted.items()
        }
    )
    return table.reindex(list(RULES)).dropna(how="all").rename_axis("label").reset_index()


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


def plot(data: pd.DataFrame) -> Figure:
    """Overlap, concentration, index and winners, a colour a rule."""
    figure = make_figure(DOUBLE_COLUMN_MM, 125)
    axes = figure.subplots(2, 2).flat
    looks = make_looks(label for label in RULES if label in set(data["label"]))
    plot_overlap(data, axes[0], looks)
    plot_concentration(data, axes[1], looks)
    plot_indices(data, axes[2], looks, claimed=CLAIMED)
    plot_winners(data, axes[3], looks)
    for ax, letter in zip(axes, "abcd", strict=True):
        label_panel(ax, letter)
    handles = [_make_handle(label, look) for label, look in looks.items()]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def _make_handle(label: str, look: Look) -> Line2D:
    return Line2D([], [], color=look.colour, marker=look.marker, label=label)


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
