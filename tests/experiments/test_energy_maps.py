from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.network import Layer
from bioplast.studies.caption import fill_caption
from bioplast.studies.tuned import read_tuned

maps = load_module("experiment", "energy_maps", Path(__file__).parents[2])


@pytest.fixture(scope="module")
def layer():
    """Six pixels in two rows and the input that is always on; five cells, the last of which spent most."""
    before = np.zeros((7, 5))
    after = np.outer(np.arange(7), np.arange(5)).astype(float)
    books = Books.open(before)
    books.record(before, 2 * after)
    books.record(2 * after, after)
    return Layer("input->hidden", after, np.ones((7, 5), bool), books)


def make_rows():
    rows = []
    for network in maps.NETWORKS:
        for label in maps.RULES:
            for seed in (1, 2):
                point = {"network": network, "label": label, "rule": label, "seed": seed, "goal": 0.95}
                facts = {
                    "panel": "facts",
                    "samples": 1000 * seed,
                    "converged": seed == 1,
                    "encoding": "rates",
                }
                rows.append(point | facts)
                for number in range(20):
                    place = {
                        "panel": "pixels",
                        "x": number % 5,
                        "y": number // 5,
                        "value": float(number * seed),
                    }
                    rows.append(point | place)
                    rows.append(point | {"panel": "cells", "x": number / 20, "value": 20.0 - number})
                for panel in maps.STYLES:
                    rows += [point | {"panel": panel, "x": x, "value": 0.1 * seed} for x in (0.01, 0.1)]
                if seed == 1:
                    rows += [point | {"panel": "fields", "x": x, "y": 0, "value": x - 1.0} for x in range(3)]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def data():
    return maps.analyze(make_rows())


def test_energy_of_pixels_is_relative_to_the_average_one(layer):
    rows = maps._sum_pixels(layer, 3)
    # Pixel i spent 3 * i * (0 + 1 + 2 + 3 + 4); the average of 0 to 5 is 2.5.
    assert [row["value"] for row in rows] == pytest.approx([0, 0.4, 0.8, 1.2, 1.6, 2.0])
    assert [(row["x"], row["y"]) for row in rows] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]


def test_energy_of_cells_is_ranked(layer):
    assert [row["value"] for row in maps._sum_cells(layer)] == pytest.approx([2, 1.5, 1, 0.5, 0])


def test_the_way_is_longer_than_the_distance_and_what_never_changed_is_left_out(layer):
    rows = pd.DataFrame(maps._sort_synapses(layer))
    assert rows.groupby("panel")["value"].sum().to_dict() == pytest.approx({"net": 24 / 35, "path": 24 / 35})
    means = {panel: (cell["x"] * cell["value"]).sum() for panel, cell in rows.groupby("panel")}
    assert 2 < means["path"] / means["net"] < 4


def test_fields_of_the_dearest_cells_are_tiles_with_a_gap(layer):
    rows = maps._show_fields(layer, 3, first=0)
    assert len(rows) == 4 * 6
    assert {row["x"] for row in rows} == {0, 1, 2, 4, 5, 6}
    assert rows[5]["value"] == 1.0
    # The unit that is clamped is not shown, whatever was spent on it.
    shown = maps._show_fields(layer, 3, first=1)
    assert len(shown) == 4 * 6


def test_maps_are_means_over_seeds_and_shares_medians(data):
    first = data[(data["network"] == "spiking") & (data["label"] == "plain")]
    pixels = first[first["panel"] == "pixels"].set_index(["x", "y"])["value"]
    assert pixels.loc[(4, 3)] == pytest.approx(19 * 1.5)
    share = first[first["panel"] == "pixels share"].iloc[0]
    assert (share["value"], share["n"]) == (pytest.approx((19 + 18) / 190), 2)


def test_settings_are_those_that_were_tuned_but_for_the_published_network():
    for cell in maps.CELLS:
        network = maps.NETWORKS[cell["network"]]
        rates = {name: value for name, value in cell.items() if name.startswith("learning_rate")}
        if network["protocol"] == "paper":
            assert not rates
        else:
            tuned = read_tuned(network["model"], maps.RULES[cell["label"]])
            assert (cell["rule"], rates) == (tuned.rule, tuned.options)


def test_what_is_measured_is_the_run_with_the_settings_of_its_point(monkeypatch):
    asked = []

    def set_up(config, project):
        asked.append(config)
        raise RequestError("not to be carried out")

    monkeypatch.setattr(maps, "set_up", set_up)
    for point in maps.STUDY.list_points(quick=True, seeds=1):
        with pytest.raises(RequestError, match="not to be"):
            maps.measure(point, Path())
    assert [config.rule for config in asked] == [cell["rule"] for cell in maps.CELLS]
    assert [config.options for config in asked[:2]] == [{}, {}]
    assert asked[4].options == read_tuned("spiking", "plain").options
    assert {config.hidden for config in asked} == {maps.HIDDEN}


def test_table_and_caption(data):
    row = maps.tabulate(data).set_index(["network", "rule"]).loc[("spiking", "plain")]
    assert (row["reached"], row["samples"]) == ("1/2", 1500)
    assert row["share of cells"] == pytest.approx((20 + 19) / 210)
    caption = fill_caption(maps.CAPTION, [], [], maps.describe(data))
    assert "n = 2 seeds" in caption
    assert "spiking 19 % (plain)" in caption
    assert "spiking, plain: 1 of 2 got there" in caption


def test_figure_draws_what_the_csv_holds(data, tmp_path):
    with use_style():
        figure = maps.plot(data)
    data.to_csv(tmp_path / "figure.csv", index=False)
    held = pd.read_csv(tmp_path / "figure.csv")
    for number, network in enumerate(maps.NETWORKS):
        row = figure.axes[6 * number : 6 * number + 6]
        part = held[held["network"] == network]
        for ax, label in zip(row[:2], maps.RULES, strict=True):
            pixels = part[(part["panel"] == "pixels") & (part["label"] == label)]
            drawn = ax.images[0].get_array()
            assert [
                drawn[y, x] for x, y in zip(pixels["x"].astype(int), pixels["y"].astype(int), strict=True)
            ] == (pixels["value"].tolist())
        cells = part[(part["panel"] == "cells") & (part["label"] == "plain")].sort_values("x")
        assert row[4].lines[0].get_ydata().tolist() == cells["value"].tolist()
        assert len(row[5].lines) == 4


def test_the_headline_says_how_unevenly_energy_is_spread_over_pixels(data):
    headline = maps.headline(data)
    assert headline.startswith("With centered input the dearest tenth of the pixels takes ")
    assert "with spikes for input it is 19 % anyway" in headline
