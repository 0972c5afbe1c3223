"""Time and memory of the network ann against its number of hidden units.

One core, one image at a time, every synapse booked; each size in a process of its own. With ``subnet(k)``
the frozen units' part of the output is computed once an image, so an image costs one thing when it is new
and another in later epochs.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

from benchmarks.worker import Worker
from bioplast.figures.style import (
    DOUBLE_COLUMN_MM,
    GRAY,
    Look,
    label_panel,
    make_figure,
    make_looks,
    save_figure,
    use_style,
)

RULES = ("plain", "largest(0.01)", "subnet(100)")
SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
QUICK_SIZES = (100, 300, 1000)
TURNS = 3
SEEN = ", seen before"
MOST_IMAGES = 2000  # of one turn; as many as the training loop shows between two looks at its progress

# Weights now and before learning, two books and a mask; what a rule needs to sort comes on top.
BYTES_PER_SYNAPSE = 4 + 4 + 8 + 8 + 1 + 4
N_PIXELS, N_CLASSES = 784, 10


def run(*, out: Path, quick: bool) -> None:
    """Measure all sizes that fit, print the table, write it as CSV and draw it."""
    console = Console()
    rows: list[dict[str, object]] = []
    for rule in RULES:
        for n_hidden in QUICK_SIZES if quick else SIZES:
            if count_bytes(n_hidden) > 0.8 * read_free_bytes():
                console.print(f"{rule}, N = {n_hidden:,}: does not fit into memory")
                continue
            with console.status(f"{rule}, N = {n_hidden:,}"):
                rows += measure(rule, n_hidden, seconds=0.1 if quick else 1.0)
    data = pd.DataFrame(rows)
    print(data.to_string(index=False, float_format="{:,.1f}".format))
    folder = out / "growth"
    folder.mkdir(parents=True, exist_ok=True)
    data.to_csv(folder / "growth.csv", index=False, float_format="%.4g")
    with use_style():
        save_figure(plot(data), folder)
    console.print(f"written to {folder}")


def count_synapses(n_hidden: int) -> int:
    """Synapses of the network, biases included."""
    return (N_PIXELS + 1) * n_hidden + (n_hidden + 1) * N_CLASSES


def count_bytes(n_hidden: int) -> int:
    """Memory that the network itself needs."""
    return BYTES_PER_SYNAPSE * count_synapses(n_hidden)


def read_free_bytes() -> int:
    """Memory of the machine that nothing uses now."""
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def measure(rule: str, n_hidden: int, *, seconds: float) -> Iterable[dict[str, object]]:
    """One row; with frozen units two, for images that are new and for images seen before."""
    with Worker("kernel", rule, n_hidden) as worker:
        worker.learn(0, 2)
        n_images = max(3, min(MOST_IMAGES, int(seconds / worker.learn(2, 3) * 3)))
        if "subnet" in rule:
            n_images = MOST_IMAGES  # as in training: matrix products over many images
        kinds: dict[str, Sequence[int]] = {"": range(TURNS)}
        if "subnet" in rule:
            kinds = {", new images": range(TURNS), SEEN: [TURNS - 1] * TURNS}
        for kind, turns in kinds.items():
            spent = [worker.learn(5 + turn * n_images, n_images) / n_images for turn in turns]
            yield {
                "label": rule + kind,
                "hidden": n_hidden,
                "synapses": count_synapses(n_hidden),
                "images_per_second": 1 / statistics.median(spent),
                "us_per_image": 1e6 * statistics.median(spent),
                "peak_mb": worker.measure_peak() / 1e6,
            }


def plot(data: pd.DataFrame) -> Figure:
    """Time an image and memory, side by side."""
    looks = make_looks(data["label"])
    figure = make_figure(DOUBLE_COLUMN_MM, 75)
    left, right = figure.subplots(1, 2)
    plot_growth(data, left, "us_per_image", looks, label="Time an image (µs of one core)")
    # The same process measures both kinds of images, so its memory is one line.
    once = data[~data["label"].str.endswith(SEEN)]
    some = {label: looks[label] for label in once["label"].unique()}
    plot_growth(once, right, "peak_mb", some, label="Most memory of the process (MB)")
    for ax, letter in zip((left, right), "ab", strict=True):
        label_panel(ax, letter)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def plot_growth(
    data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, label: str
) -> None:
    """Draw one line a label against the number of hidden units, both axes logarithmic.

    A dashed line through the first label's last point is what growth in proportion to the size would be.
    """
    first = data[data["label"] == next(iter(looks))].sort_values("hidden")
    size, cost = first["hidden"].iloc[-1], first[quantity].iloc[-1]
    # From where it leaves the other lines behind, so that they and not it settle the axis.
    smallest = max(first["hidden"].iloc[0], size * data[quantity].min() / cost)
    ax.plot(
        [smallest, size],
        [cost * smallest / size, cost],
        color=GRAY,
        linewidth=0.6,
        linestyle=(0, (4, 3)),
        zorder=1,
        label="proportional to $N$",
    )
    for name, look in looks.items():
        line = data[data["label"] == name].sort_values("hidden")
        ax.plot(line["hidden"], line[quantity], color=look.color, marker=look.marker, label=name, zorder=2)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("Hidden units $N$")
    ax.set_ylabel(label)
