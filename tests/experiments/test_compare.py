from pathlib import Path

import made_up
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption

compare = load_module("experiment", "compare", Path(__file__).parents[2])

NETWORKS = ("ann", "rate", "spiking")
LABELS = ("plain", "largest(f)", "subnet(k)", "subnet(k) + largest(f)", "above(θ)")


def make_run(network, label, seed, *, m0, m1, converged=True):
    """A run of two evaluations, the first at half the energy."""
    trace = [
        {"samples": 2000, "online": 0.8, "validation": None, "m0": m0 // 2, "m1": m1 / 2},
        {"samples": 4000 + seed, "online": 0.94, "validation": 0.95, "m0": m0, "m1": m1},
    ]
    rule, values = compare.RULES[network][label], {"m0": m0, "m1": m1, "converged": converged}
    return made_up.make_run(network, rule, seed, samples=4000 + seed, trace=trace, **values)


@pytest.fixture(scope="module")
def runs():
    """Plain: m0 = 1000, 2000, 4000 by seed, m1 a tenth; other rules a part of it; one run gave up."""
    return [
        make_run(
            network,
            label,
            seed,
            m0=1000 * 2 ** (seed - 1) // divisor,
            m1=100.0 * 2 ** (seed - 1) / divisor,
            converged=(network, label, seed) != ("spiking", "above(θ)", 3),
        )
        for network in NETWORKS
        for divisor, label in zip((1, 10, 2, 20, 5), LABELS, strict=True)
        for seed in (1, 2, 3)
    ]


@pytest.fixture(scope="module")
def data(runs):
    return compare.analyse(runs)


@pytest.fixture(scope="module")
def table(runs):
    return compare.summarize(runs).set_index(["network", "rule"])


def test_full_grid_has_three_networks_five_rules_three_seeds():
    grid = compare.STUDY.list_runs()
    assert len({(config.model, config.rule, config.seed) for config in grid}) == len(grid) == 45
    assert {config.model for config in grid} == set(NETWORKS)
    assert {(config.goal, config.max_samples, config.seed) for config in grid} == {
        (0.95, None, seed) for seed in (1, 2, 3)
    }


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_has_every_kind_of_rule(network):
    parts = {
        label: tuple(part.name for part in Plasticity.parse(text).parts)
        for label, text in compare.RULES[network].items()
    }
    assert parts == {
        "plain": ("plain",),
        "largest(f)": ("largest",),
        "subnet(k)": ("subnet",),
        "subnet(k) + largest(f)": ("subnet", "largest"),
        "above(θ)": ("above",),
    }


def test_goal_panel_has_every_run_and_the_median_of_those_that_reached_it(data):
    goal = data[data["panel"] == "goal"]
    assert (goal["kind"] == "run").sum() == 45
    medians = goal[goal["kind"] == "median"].set_index(["network", "label"])
    assert len(medians) == 15
    assert medians.loc[("ann", "plain"), "m0"] == 2000
    assert medians.loc[("rate", "largest(f)"), "m1"] == 20.0
    # Seeds 1 and 2 only: (1000 + 2000) / 2 / 5.
    assert medians.loc[("spiking", "above(θ)"), "m0"] == 300


def test_course_panel_has_every_evaluation(data):
    course = data[data["panel"] == "course"]
    assert len(course) == 90
    one = course[(course["network"] == "ann") & (course["label"] == "subnet(k)") & (course["seed"] == 2)]
    assert one[["samples", "online", "m0", "m1"]].to_numpy().tolist() == [
        [2000, 0.8, 500, 50.0],
        [4002, 0.94, 1000, 100.0],
    ]


def test_table_has_medians_and_savings_on_the_same_seed(table):
    row = table.loc["ann", str(Plasticity.parse(compare.RULES["ann"]["largest(f)"]))]
    assert row["reached"] == "3/3"
    assert row[["samples", "test", "m0", "m1"]].tolist() == [4002, 0.96, 200, 20.0]
    assert row[["m0 saving", "m0 saving low", "m0 saving high"]].tolist() == [10.0, 10.0, 10.0]
    assert row["m1 saving"] == 10.0


def test_table_says_how_many_seeds_reached_the_goal(table):
    row = table.loc["spiking", str(Plasticity.parse(compare.RULES["spiking"]["above(θ)"]))]
    assert row["reached"] == "2/3"
    assert row["samples"] == 4001.5
    assert row["m0 saving"] == pytest.approx(5.0)


def test_plain_saves_nothing_against_itself(table):
    assert table.xs("plain", level="rule")["m0 saving"].tolist() == [1.0, 1.0, 1.0]


def test_the_run_that_gave_up_is_open_and_the_caption_says_so(data, runs):
    with use_style():
        figure = compare.plot(data)
    open_markers = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert [line.get_ydata()[0] for line in open_markers] == [800]
    caption = fill_caption(compare.CAPTION, runs, [])
    rule = Plasticity.parse(compare.RULES["spiking"]["above(θ)"])
    assert f"Did not reach the goal: spiking with {rule} (1 of 3)." in caption
    assert "input encoding 'rates'; hidden units: 100 (ann, rate, spiking); n = 3 seeds" in caption


def test_every_panel_has_labels_and_all_rules_are_in_the_legend(data):
    with use_style():
        figure = compare.plot(data)
    assert all(ax.get_xlabel() for ax in figure.axes[2:])
    assert all(ax.get_ylabel() for ax in (*figure.axes[:3], figure.axes[5]))
    (legend,) = [legend for part in figure.subfigs for legend in part.legends]
    assert [text.get_text() for text in legend.get_texts()] == list(LABELS)


def test_a_network_that_is_missing_altogether_leaves_no_hole(runs):
    data = compare.analyse([run for run in runs if run.record["model"] == "ann"])
    with use_style():
        figure = compare.plot(data)
    assert len(figure.axes) == 4
