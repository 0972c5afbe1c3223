from pathlib import Path

import pandas as pd
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

activity = load_module("experiment", "activity", Path(__file__).parents[2])


def make_rows():
    rows = [{"panel": "facts", "value": 40_000, "unit": 7, "n_cells": 200, "n_images": 3, "spike_hz": 20.0}]
    for drive, value, theory in ((0.5, 0.0, 0.0), (2.0, 60.0, 72.1), (3.0, 120.0, 123.3)):
        rows.append({"panel": "cells", "drive": drive, "value": value, "theory": theory})
    for drive, mean in ((0.25, 1.0), (0.75, 6.0), (1.25, 30.0)):
        rows.append(
            {"panel": "network", "drive": drive, "low": 0, "value": mean, "high": 40, "mean": mean, "n": 12}
        )
    for moment, n_written in (("before", 10), ("after", 20)):
        rows += [{"panel": "inputs", "unit": unit, "time_ms": 5, "moment": moment} for unit in (3, 4)]
        rows += [{"panel": "hidden", "unit": 1, "time_ms": time, "moment": moment} for time in (6, 7, 8)]
        for panel, labels in (
            ("output", activity.OUTPUTS),
            ("potential", activity.CELLS),
            ("eligibility", activity.INPUTS),
        ):
            for unit, label in enumerate(labels):
                for time in range(3):
                    row = {
                        "panel": panel,
                        "label": label,
                        "unit": unit,
                        "time_ms": time,
                        "value": unit + time,
                    }
                    rows.append(row | {"moment": moment})
        changes = {"panel": "changes", "moment": moment}
        rows += [changes | {"unit": 0, "proposed": 0.1, "written": 0.0}]
        rows += [changes | {"unit": 1, "proposed": -0.2, "written": -0.2}]
        rows.append({"panel": "counts", "moment": moment, "n_proposed": 1000, "n_written": n_written})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def data():
    return activity.analyze(make_rows())


def test_the_network_of_compare_is_recorded_and_the_quick_one_is_smaller():
    full, cells = activity.STUDY.list_points()
    quick, same = activity.STUDY.list_points(quick=True)
    assert cells == same == {"part": "cells"}
    assert (full["rule"], full["hidden"], full["goal"]) == ("largest(0.005, output=0.2)", 200, 0.95)
    assert quick["hidden"] < full["hidden"]


def test_table_counts_spikes_and_changes(data):
    table = activity.tabulate(data).set_index("moment")
    assert table.loc["before"].tolist() == [2, 3, 1000, 10]
    assert table.loc["after", "n_written"] == 20


def test_deviation_from_the_theory(data):
    assert activity.find_deviation(data) == pytest.approx(12.1)


def test_caption_says_what_is_seen(data):
    caption = fill_caption(activity.CAPTION, [], [], activity.describe(data))
    assert "a 7, with the same input spikes" in caption
    assert (
        "1,000 changes proposed, 10 written before learning; 1,000 changes proposed, 20 written after"
        in caption
    )
    assert "differ by at most 12 Hz; one spike in a trial is 20 Hz" in caption
    assert "noise lets them fire at 6 Hz" in caption


def test_figure_draws_what_the_csv_holds(data, tmp_path):
    with use_style():
        figure = activity.plot(data)
    data.to_csv(tmp_path / "figure.csv", index=False)
    held = pd.read_csv(tmp_path / "figure.csv")
    axes = figure.axes
    assert len(axes) == 14
    for ax, (panel, moment) in zip(
        axes, ((panel, moment) for panel in activity.ROWS for moment in activity.MOMENTS), strict=False
    ):
        rows = held[(held["panel"] == panel) & (held["moment"] == moment)]
        points = sorted(point for line in ax.lines for point in line.get_xydata().tolist())
        if panel in activity.RASTERS:
            assert points == sorted(rows[["time_ms", "unit"]].to_numpy().tolist())
        elif panel == "changes":
            written = rows[rows["written"] != 0]
            assert (
                sorted(ax.lines[2].get_xydata().tolist()) == written[["unit", "written"]].to_numpy().tolist()
            )
        else:
            assert all(point in points for point in rows[["time_ms", "value"]].to_numpy().tolist())
    assert axes[12].lines[1].get_ydata().tolist() == [0, 60, 120]
    assert axes[13].lines[1].get_ydata().tolist() == [1, 6, 30]


def test_moments_are_named_and_legends_name_what_is_drawn(data):
    with use_style():
        figure = activity.plot(data)
    assert [ax.get_title() for ax in figure.axes[:2]] == ["before learning", "after learning"]
    legends = [
        [text.get_text() for text in ax.get_legend().get_texts()] for ax in figure.axes if ax.get_legend()
    ]
    assert legends == [
        list(activity.OUTPUTS),
        list(activity.CELLS),
        list(activity.INPUTS),
        ["proposed", "written"],
    ]


def test_headline_says_how_few_changes_are_written(data):
    text = activity.headline(data)
    assert "proposes 1,000 changes" in text
    assert "of which 2.0 % are written (1.0 % before learning)" in text
    assert "to within 12 Hz" in text
    assert activity.headline(data[data["panel"] == "cells"]) == ""
