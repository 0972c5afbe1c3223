from pathlib import Path

import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module

paths = load_module("experiment", "paths", Path(__file__).parents[2])

SIZES, UNITS = (300, 1000, 10_000), (30, 100, 200)


@pytest.fixture
def runs(make_run):
    """Plain m0 goes with N; a subnet's is that of k = 100 whatever N is, dearer for 200, and 30 gives up."""
    runs = [make_run(hidden=n, seed=seed, m0=100.0 * n, m1=10.0 * n) for n in SIZES for seed in (1, 2)]
    costs = {30: (9000.0, False), 100: (1000.0, True), 200: (2500.0, True)}
    for n in SIZES:
        for k, (m0, converged) in costs.items():
            for seed in (1, 2):
                runs.append(make_run(f"subnet({k})", n, seed, m0=m0, m1=m0 / 10, converged=converged))
    return runs


@pytest.fixture
def data(runs):
    return paths.analyze(runs)


def test_full_grid_has_subnets_smaller_than_their_network_and_plain_beside_them():
    grid = paths.STUDY.list_runs()
    cells = {(config.rule, config.hidden) for config in grid}
    assert ("subnet(70)", 100) in cells
    assert ("subnet(100)", 100) not in cells
    assert {hidden for rule, hidden in cells if rule == "plain"} == {100, 300, 1000, 3000}
    assert {config.protocol for config in grid} == {"paper"}
    assert len({(config.rule, config.hidden, config.seed) for config in grid}) == len(grid)


def test_the_cheapest_subnet_is_over_all_sizes(data):
    best = paths.best_subnets(data)
    assert best.loc["m0", ["value", "low", "high"]].tolist() == [100.0, 100.0, 100.0]
    assert best["is_inside"].tolist() == [True, True]


def test_energy_that_does_not_depend_on_the_size_has_an_exponent_of_zero(data):
    assert paths.exponents(data)["value"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert paths.exponents(data, 200).loc["m0", "n"] == 6
    assert paths.exponents(data, 30).empty  # none of its runs reached the goal


def test_savings_are_those_in_the_largest_network(data):
    assert paths.savings(data).loc["m0", "value"] == 1000.0
    assert paths.savings(data).loc["samples", "value"] == 1.0


def test_table_has_a_row_a_cell_then_the_exponents(data):
    table = paths.tabulate(data)
    row = table[(table["k"] == 30) & (table["N"] == "1,000")].iloc[0]
    assert row["reached"] == "0/2"
    assert np.isnan(row["m0"])
    assert table.loc[table["N"] == "exponent, m1", "value"].tolist() == pytest.approx([0.0, 0.0], abs=1e-12)


def test_caption_says_the_best_size_what_it_saves_and_the_exponents(data):
    words = paths.describe(data)
    assert words["best"] == "M0 100 (100 to 100), M1 100 (100 to 100)"
    assert words["savings"].startswith("M0 1e+03 (1e+03 to 1e+03), M1 1e+03")
    assert words["largest"] == "10,000"
    assert words["cell_seeds"] == "n = 2 seeds"
    assert words["exponents"].startswith("k = 100: M0 ")


def test_runs_that_all_gave_up_are_still_a_figure_a_table_and_a_caption(make_run):
    runs = [make_run(rule, 300, 1, converged=False) for rule in ("plain", "subnet(100)")]
    data = paths.analyze(runs)
    with use_style():
        assert len(paths.plot(data).axes) == 6
    assert paths.tabulate(data)["reached"].tolist() == ["0/1"]
    assert paths.describe(data)["savings"] == "M0 not known, M1 not known, samples not known"
    assert paths.headline(data) == ""


def test_the_headline_has_the_best_number_of_units_and_what_it_saves(data):
    assert paths.headline(data) == (
        "Paths through 100 hidden units take the fewest writes; 100 of N = 10,000 take 1,000 times fewer "
        "than plain learning and grow as N to the 0.00"
    )
