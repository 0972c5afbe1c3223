from pathlib import Path

import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.training.config import RunConfig

both = load_module("experiment", "both", Path(__file__).parents[2])


@pytest.fixture
def runs(make_run):
    """m0 in proportion to the synapses written; the smallest cell of the map gives up."""
    cells = [(k, f, 1000) for k in (50, 100, 1000) for f in (0.1, 1.0)]
    cells += [(100, f, 3000) for f in (0.1, 1.0)] + [(3000, f, 3000) for f in (0.1, 1.0)]
    return [
        make_run(
            both._write_rule(k, f, hidden),
            hidden,
            seed,
            m0=1e6 * seed * k * f,
            m1=100.0 * k,
            samples=round(30_000 / f**0.1),
            converged=(k, f) != (50, 0.1),
        )
        for k, f, hidden in cells
        for seed in (1, 2)
    ]


@pytest.fixture
def data(runs):
    return both.analyze(runs)


@pytest.mark.parametrize(
    ("units", "fraction", "hidden", "rule"),
    [
        (1000, 1.0, 1000, "plain"),
        (1000, 0.1, 1000, "largest(0.1, output=1.0)"),
        (100, 1.0, 1000, "subnet(100)"),
        (100, 0.1, 1000, "subnet(100) + largest(0.01, output=1.0)"),
        (100, 0.1, 3000, "subnet(100) + largest(0.003333333, output=1.0)"),
    ],
)
def test_a_cell_is_the_rule_that_writes_its_fraction_of_its_subnet(units, fraction, hidden, rule):
    assert both._write_rule(units, fraction, hidden) == rule
    assert both._read_rule(RunConfig("ann", rule=rule).rule, hidden) == (units, fraction)


def test_full_grid_has_the_map_and_four_rules_by_size():
    grid = both.STUDY.list_runs()
    assert len({(config.rule, config.hidden, config.seed) for config in grid}) == len(grid)
    on_map = {config.rule for config in grid if config.hidden == 1000}
    assert len(on_map) == 4 * 3
    largest = {config.rule for config in grid if config.hidden == 3000}
    assert largest == {
        "plain",
        "largest(0.1, output=1.0)",
        "subnet(100)",
        "subnet(100) + largest(0.003333333, output=1.0)",
    }
    assert {config.protocol for config in grid} == {"paper"}


def test_the_map_has_the_medians_of_its_cells(data):
    cells = data[data["panel"] == "map"].set_index(["units", "fraction"])
    assert len(cells) == 6
    assert cells.loc[(100, 0.1), "m0"] == 1.5e7
    assert np.isnan(cells.loc[(50, 0.1), "m0"])
    assert both.best_cell(data).tolist() == [100, 0.1, 2, 1.5e7, 1e7, 2e7]


def test_lines_have_the_four_rules_by_their_names(data):
    lines = data[(data["panel"] == "size") & (data["kind"] == "median")].set_index(["label", "hidden"])
    assert sorted(lines.index) == sorted((label, n) for label in both.LABELS for n in (1000, 3000))
    assert lines.loc[("both", 3000), "m0"] == 1.5e7


def test_exponents_are_by_rule(data):
    assert both.exponents(data, "plain").loc["m1", "value"] == pytest.approx(1.0)
    assert both.exponents(data, "both").loc["m1", "value"] == pytest.approx(0.0)
    assert both.exponents(data, "plain").loc["m0", "n"] == 4


def test_gain_is_over_the_better_of_the_two_alone_in_the_largest_network(data):
    # Largest writes a tenth of 3,000 units' synapses, a subnet all of 100's, both a tenth of 100's.
    assert both.gain(data).loc["m0", ["value", "low", "high"]].tolist() == pytest.approx([10.0] * 3)
    assert both.gain(data).loc["m1", "value"] == 1.0
    assert both.savings(data, "both").loc["m0", ["value", "n"]].tolist() == pytest.approx([300.0, 2])
    assert both.savings(data, "largest").loc["m0", "value"] == pytest.approx(10.0)


def test_table_has_every_cell_once(data):
    table = both.tabulate(data)
    assert len(table) == 10
    assert table.loc[table["units"].eq(50) & table["fraction"].eq(0.1), "reached"].tolist() == ["0/2"]


def test_caption_says_what_is_saved(data):
    words = both.describe(data)
    assert words["best"] == "1.5e+07 with k = 100 and f = 0.1"
    assert words["gain"].startswith("M0 10 (10 to 10)")
    assert words["compared"] == "3,000"
    assert "both M0 300 (300 to 300)" in words["savings"]


def test_one_network_without_a_run_that_got_there_is_still_drawn(make_run):
    runs = [
        make_run(both._write_rule(k, f, 300), 300, converged=False) for k in (100, 300) for f in (0.1, 1.0)
    ]
    data = both.analyze(runs)
    with use_style():
        assert len(both.plot(data).axes) == 6
    assert both.describe(data)["best"] == "not known"
    assert both.headline(data) == ""


def test_the_headline_says_what_is_saved_and_what_it_takes(data):
    assert both.headline(data) == (
        "Large updates on paths take 300 times fewer writes than plain learning with N = 3,000, 10 times "
        "fewer than the better of the two alone, in 1.3 times the samples"
    )
