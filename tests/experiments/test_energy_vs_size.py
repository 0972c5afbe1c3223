import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.energy.cortex import V1_NEURONS
from bioplast.figures.style import use_style
from bioplast.loading import load_module

size = load_module("experiment", "energy_vs_size", Path(__file__).parents[2])

SIZES = (30, 100, 300, 1000, 3000, 10_000)


@pytest.fixture
def runs(make_run):
    """m0 in proportion to N from 100 on, m1 to its root; N = 30 is dearer; one run gives up there."""
    return [
        make_run(
            hidden=hidden,
            seed=seed,
            m0=(20.0 if hidden == 30 else hidden / 10) * 10**7,
            m1=(20.0 if hidden == 30 else np.sqrt(hidden)) * 100,
            samples=round(4e5 / hidden**0.5),
            converged=(hidden, seed) != (30, 2),
        )
        for hidden in SIZES
        for seed in (1, 2, 3)
    ]


@pytest.fixture
def data(runs):
    return size.analyze(runs)


def test_full_grid_is_plain_learning_of_the_paper_with_fewer_seeds_at_the_top():
    grid = size.STUDY.list_runs()
    assert {(config.rule, config.protocol, config.goal) for config in grid} == {("plain", "paper", 0.95)}
    counts = pd.Series([config.hidden for config in grid]).value_counts().to_dict()
    assert counts == dict.fromkeys((30, 50, 100, 200, 300, 1000, 3000), 5) | {10_000: 3}
    assert max(config.seed for config in size.STUDY.list_runs(seeds=2)) == 2


def test_exponents_are_those_of_the_power_laws_the_runs_follow(data):
    laws = size.exponents(data)
    assert laws.loc["m0", ["value", "low", "high"]].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert laws.loc["m1", "value"] == pytest.approx(0.5)
    assert laws.loc["samples", "value"] == pytest.approx(-0.5, rel=1e-4)  # whole numbers
    assert laws["n"].tolist() == [9] * 3  # the three largest sizes, three seeds


def test_the_cheapest_size_is_inside_where_both_ends_cost_more(data):
    best = size.best_sizes(data)
    assert best[["value", "low", "high"]].to_numpy().tolist() == [[100.0] * 3] * 2
    assert best["is_inside"].tolist() == [True, True]


def test_a_cost_that_only_grows_has_no_cheapest_size_inside(make_run):
    runs = [make_run(hidden=hidden, seed=seed, m0=hidden) for hidden in SIZES for seed in (1, 2)]
    best = size.best_sizes(size.analyze(runs))
    assert best.loc["m0", "value"] == 30
    assert not best.loc["m0", "is_inside"]


def test_excess_in_v1_is_the_power_law_at_its_size_over_the_cheapest_size(data):
    excess = size.excess_in_v1(data)
    assert excess.loc["m0", "value"] == pytest.approx(V1_NEURONS / 100)
    assert excess.loc["m1", "value"] == pytest.approx(np.sqrt(V1_NEURONS / 100))
    assert excess.loc["m0", ["low", "high"]].tolist() == pytest.approx([V1_NEURONS / 100] * 2)
    assert size.over_minimum_in_v1(data)["value"].tolist() == pytest.approx([4.0, 2.0])
    assert np.log10(V1_NEURONS) == pytest.approx(8.43, abs=0.01)


def test_what_is_said_of_v1_holds_for_every_number_of_sizes_that_may_be_fitted(make_run):
    # The exponent rises from 0 to 1: fitted to fewer sizes the power law goes further up.
    runs = [
        make_run(hidden=hidden, seed=seed, m0=max(hidden, 1000) * 10**6 + seed)
        for hidden in SIZES
        for seed in (1, 2)
    ]
    data = size.analyze(runs)
    by_range = data[data["kind"] == "v1 by range"]
    by_range = by_range[by_range["quantity"] == "m0"].set_index("hidden")
    assert by_range.index.tolist() == [1000, 300, 100]
    assert by_range["value"].is_monotonic_decreasing
    row = size.excess_in_v1(data).loc["m0"]
    assert row["value"] == by_range.loc[1000, "value"]
    assert [row["low"], row["high"]] == [by_range["low"].min(), by_range["high"].max()]
    assert row["low"] < by_range.loc[1000, "low"]


def test_steps_are_the_exponents_between_neighbors(data):
    steps = data[data["kind"] == "step"]
    steps = steps[steps["quantity"] == "m0"]
    assert steps["hidden"].tolist() == pytest.approx(
        [np.sqrt(small * large) for small, large in itertools.pairwise(SIZES)]
    )
    expected = np.log(10 / 20) / np.log(100 / 30)
    assert steps["value"].tolist() == pytest.approx([expected, 1.0, 1.0, 1.0, 1.0])


def test_table_has_a_row_a_size_then_exponents_and_v1(data):
    table = size.tabulate(data).set_index("N")
    assert table.index.tolist()[:6] == ["30", "100", "300", "1,000", "3,000", "10,000"]
    assert table.loc["30", "reached"] == "2/3"
    assert table.loc["100", "m0"] == 1e8
    assert table.loc["exponent, m1", "value"] == pytest.approx(0.5)


def test_caption_says_sizes_seeds_exponents_and_what_v1_would_waste(data):
    words = size.describe(data)
    assert words["size_seeds"] == "3 seeds at N = 30, 100, 300, 1,000, 3,000, 10,000"
    assert "M0 1.00 (1.00 to 1.00), M1 0.50 (0.50 to 0.50)" in words["exponents"]
    assert "M0 2.7e+06 (2.7e+06 to 2.7e+06)" in words["excess"]
    assert words["by_synapses"].startswith("M0 8.1e+06, M1")
    assert words["decades"] == "4.4"
    assert words["fitted"] == "1,000, 3,000, 10,000"
    assert words["last"].startswith("M0 1.00 (1.00 to 1.00)")


def test_one_size_alone_is_still_a_figure_and_a_table(make_run):
    runs = [make_run(seed=seed, converged=False) for seed in (1, 2)]
    data = size.analyze(runs)
    with use_style():
        assert len(size.plot(data).axes) == 6
    assert size.tabulate(data)["reached"].iloc[0] == "0/2"
    assert np.isnan(size.exponents(data)["value"]).all()
    assert size.describe(data)["exponents"] == "M0 not known, M1 not known, samples not known"
    assert size.headline(data) == ""


def test_the_headline_has_the_cheapest_size_and_the_exponents(data):
    assert size.headline(data) == (
        "Plain learning takes the fewest writes with 100 hidden units; in large networks its writes grow as "
        "N to the 1.00, the size of its changes as N to the 0.50"
    )
