"""How far networks go: wide ones that learn from shifted images with learning rates that fall to nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bioplast.analysis.cells import stack, with_medians
from bioplast.analysis.crossing import tabulate_crossings
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import name_columns, spread_estimate
from bioplast.analysis.statistics import bound_savings, estimate_between
from bioplast.analysis.words import say_factor
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import name_places, plot_place
from bioplast.figures.style import make_looks
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

SPIKING = "spiking"
RULES = {"plain": "plain", "largest(f)": "largest(0.005, output=0.2)", "above(θ)": "above(0.0003)"}
OPTIONS = {SPIKING: {"tau_refrac_ms": 3.0}}  # the networks' own settings otherwise
WANTED = 0.985
LEVELS = (0.95, 0.97, 0.98, WANTED)
QUANTITIES = ("m0", "m1", "samples")
CELL = ["network", "label", "rule"]

CAPTION = """
How far networks of {hidden} hidden units go on {task} when images are shifted by up to a pixel each time they
are learned from and learning rates fall to 0 after {samples} images, one at a time; input encoding
'{encoding}'; spiking with a refractory time of {refractory} ms; {seeds} per network and rule. No run is
stopped. Validation images are held out, so that no shifted copy of one is learned from; they and test images
are not shifted.

a-c: errors on validation against the writes M0 so far, after every {interval} images; one line a run, ended
by a marker; dashed: {wanted} %. Both scales are logarithmic.

d: writes until validation was first at an accuracy, spiking network, read along the lines of c; bars:
medians. Runs that never got there are left out, and count as dearer than any in medians. {spent}

e: test accuracy at the end; bars: medians, dashed: {wanted} %. {ends}
"""

COMMON: Settings = {"shift": 1, "falling": True, "goal": 1.0}
CELLS = [
    {"model": model, "rule": rule, "options": OPTIONS.get(model, {})}
    for model, labels in {"ann": list(RULES)[:2], "rate": list(RULES)[:2], SPIKING: list(RULES)}.items()
    for rule in (RULES[label] for label in labels)
]
GRID = Grid(cells=CELLS, hidden=1000, max_samples=500_000, interval=20_000, seeds=5, **COMMON)
QUICK = Grid(cells=CELLS, hidden=100, max_samples=12_000, interval=3000, **COMMON)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``; ``kind`` is run or median.

    ``course`` (a to c): a row an evaluation, ``errors`` those on validation in percent; ``asked`` (d): what
    had been spent when validation was first at ``asked``; ``end`` (e): ``test`` and what was spent.
    """
    frame = _name_cells(make_run_frame(runs)).assign(converged=True)
    course = _name_cells(make_trace_frame(runs))
    course["errors"] = 100 * (1 - course["validation"].astype(float))
    crossings = tabulate_crossings(course, [*CELL, "seed"], QUANTITIES, LEVELS)
    asked = with_medians(crossings, [*CELL, "asked"], QUANTITIES)
    ends = with_medians(frame, CELL, ["test", *QUANTITIES])
    parts = [
        course.assign(panel="course", kind="run"),
        asked.assign(panel="asked"),
        ends.assign(panel="end"),
    ]
    settings = {name: frame[name].iloc[0] for name in ("hidden", "samples")}
    settings["interval"] = course["samples"].iloc[0]
    columns = ["panel", "kind", *CELL, "seed", "converged", "n", "reached", "asked", "errors", "test"]
    data = stack(parts, [*columns, *QUANTITIES])
    return data.assign(limit=settings["samples"], interval=settings["interval"])


def savings(data: pd.DataFrame, network: str = SPIKING) -> pd.DataFrame:
    """How many times fewer writes than plain each rule took to each accuracy.

    Returns
    -------
    savings : a row a rule and accuracy: ``label``, ``asked``, ``saving`` with its ends, and ``n``. A run that
        never got there is a bound: it had written as much as it did when it ended
    """
    runs, ends = _take(data, "asked", "run"), _take(data, "end", "run")
    names, rows = ["network", "label", "seed"], []
    runs = runs.merge(ends[[*names, "m0"]].rename(columns={"m0": "ended"}), on=names)
    runs["m0"] = runs["m0"].astype(float).mask(~runs["converged"].astype(bool), runs["ended"].astype(float))
    for asked, there in runs[runs["network"] == network].groupby("asked"):
        bounds = bound_savings(there, "m0", pairs=("network", "seed"))
        for label, cell in there[there["rule"] != "plain"].groupby("label", sort=False):
            estimate = estimate_between(bounds.loc[cell.index, "least"], bounds.loc[cell.index, "most"])
            row = {"label": label, "asked": asked} | spread_estimate("saving", estimate)
            rows.append(row | {"n": estimate.n})
    return pd.DataFrame(rows, columns=["label", "asked", *name_columns(["saving"]), "n"])


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a network and rule: test accuracy at the end, least and median, and writes to each accuracy.

    ``m0 saving`` is how many times fewer writes than plain learning on the same seed all images took.
    """
    asked, ends, rows = _take(data, "asked", "median"), _take(data, "end", "run"), []
    spent = ends.set_index(["network", "seed"])["m0"].astype(float)
    plain = spent[(ends["rule"] == "plain").to_numpy()].reindex(spent.index)
    ends = ends.assign(saved=(plain / spent).to_numpy())
    for (network, label, rule), cell in ends.groupby(CELL, sort=False):
        there = asked[(asked["network"] == network) & (asked["label"] == label)].set_index("asked")
        tests = cell["test"].astype(float)
        row: dict[str, Any] = {"network": network, "rule": rule, "n": len(cell)}
        row |= {"test": tests.median(), "least test": tests.min(), "most test": tests.max()}
        row |= {"m0": cell["m0"].astype(float).median(), "m0 saving": cell["saved"].median()}
        for level in LEVELS:
            row[f"m0 to {100 * level:g} %"] = there["m0"].astype(float).get(level)
        last = there.loc[WANTED]
        row[f"validation {100 * WANTED:g} %"] = f"{last['reached']}/{last['n']}"
        rows.append(row)
    return pd.DataFrame(rows)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    table = tabulate(data)
    names = table["network"] + " " + table["rule"]
    ends = (
        f"{name} {100 * row['test']:.2f} % ({100 * row['least test']:.2f} to {100 * row['most test']:.2f})"
        for name, (_, row) in zip(names, table.iterrows(), strict=True)
    )
    spent = (
        f"{row['label']} {row['saving']:.1f} times fewer than plain to {100 * row['asked']:g} %"
        for _, row in savings(data).dropna(subset=["saving"]).iterrows()
    )
    return {
        "samples": f"{data['limit'].iloc[0]:,}",
        "interval": f"{data['interval'].iloc[0]:,}",
        "refractory": f"{OPTIONS[SPIKING]['tau_refrac_ms']:g}",
        "wanted": f"{100 * WANTED:g}",
        "ends": f"Medians (least to most): {'; '.join(ends)}.",
        "spent": f"Medians: {'; '.join(spent) or 'none got there'}.",
    }


def headline(data: pd.DataFrame) -> str:
    """How far the spiking network goes, and with how many fewer writes it goes there."""
    ends = _take(data, "end", "run")
    tests = ends[(ends["network"] == SPIKING) & (ends["label"] == "plain")]["test"].astype(float)
    saved = savings(data).dropna(subset=["saving"])
    if saved.empty:
        return ""
    best = saved.loc[saved.index[saved["asked"] == saved["asked"].max()]].sort_values("saving").iloc[-1]
    least = f"least of {len(tests)} seeds: {100 * tests.min():.2f} %" if len(tests) > 1 else "one seed"
    return (
        f"Spiking cells that learn one image at a time come to {100 * tests.median():.2f} % on test images "
        f"({least}); {best['label']} takes "
        f"{say_factor(best['saving'])} times fewer writes to {100 * best['asked']:g} % on validation"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Errors against writes, a column a network; below, writes by accuracy, and test accuracy at the end."""
    networks = list(dict.fromkeys(data["network"]))
    courses = [
        panel(
            _plot_course,
            where={"panel": "course", "network": network},
            settings={"title": network} | ({} if network == networks[0] else {"ylabel": ""}),
        )
        for network in networks
    ]
    asked = panel(_plot_asked, where={"panel": "asked", "network": SPIKING}, settings={"title": SPIKING})
    ends = panel(_plot_ends, where={"panel": "end"})
    looks = make_looks(label for label in RULES if label in set(data["label"]))
    share = [{"sharex": True, "sharey": True}, {}]
    return Panels([courses, [asked, ends]], height_mm=130, looks=looks, share=share)(data)


def _plot_course(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """One line a run, which a marker ends."""
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby("seed", sort=True):
            ax.plot(run["m0"], run["errors"], color=look.color, linewidth=0.7, alpha=0.8, zorder=2)
            end = run["m0"].iloc[-1], run["errors"].iloc[-1]
            ax.plot(*end, color=look.color, marker=look.marker, linestyle="none", zorder=3)
    draw_line(ax, 100 * (1 - WANTED))
    ax.set(xscale="log", yscale="log", xlabel=name_axis("m0"), ylabel="Validation errors (%)")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _plot_asked(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Writes by the accuracy asked for, the rules side by side."""
    _plot_beside(data, ax, looks, "asked", list(LEVELS), "m0")
    name_places(ax, [f"{100 * level:g}" for level in LEVELS])
    ax.set(yscale="log", xlabel="Validation accuracy asked for (%)", ylabel=name_axis("m0"))


def _plot_ends(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Test accuracy at the end, the rules side by side within each network."""
    networks = list(dict.fromkeys(data["network"]))
    percent = data.assign(test=100 * data["test"].astype(float))
    _plot_beside(percent, ax, looks, "network", networks, "test")
    draw_line(ax, 100 * WANTED)
    name_places(ax, networks)
    ax.set(ylabel="Test accuracy at the end (%)")


def _plot_beside(
    data: pd.DataFrame, ax: Axes, looks: Looks, over: str, places: list[Any], quantity: str
) -> None:
    step = 0.78 / len(looks)
    for place, value in enumerate(places):
        for rank, (label, look) in enumerate(looks.items()):
            cell = data[(data[over] == value) & (data["label"] == label)]
            x = place + (rank - (len(looks) - 1) / 2) * step
            plot_place(cell, ax, quantity, look, x, half_width=0.42 * step)
    ax.set_xlim(-0.5, len(places) - 0.5)


def _name_cells(frame: pd.DataFrame) -> pd.DataFrame:
    labels = {rule: label for label, rule in RULES.items()}
    return frame.assign(network=frame["model"], label=frame["rule"].map(labels))


def _take(data: pd.DataFrame, panel: str, kind: str) -> pd.DataFrame:
    return data[(data["panel"] == panel) & (data["kind"] == kind)]


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
