from pathlib import Path

import made_up
import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption
from bioplast.studies.tuned import read_tuned

compare = load_module("experiment", "compare", Path(__file__).parents[2])

NETWORKS = ("ann", "rate", "spiking")
LABELS = ("plain", "largest(f)", "subnet(k)", "subnet(k) + largest(f)", "above(θ)")
GAVE_UP = ("spiking", "above(θ)", 3)


def make_run(network, label, seed, *, m0, m1, samples, converged=True):
    """A run of two evaluations, the first at half the energy."""
    trace = [
        {"samples": 2000, "online": 0.8, "validation": None, "m0": m0 // 2, "m1": m1 / 2},
        {"samples": samples, "online": 0.94, "validation": 0.95, "m0": m0, "m1": m1},
    ]
    rule, values = compare.TUNED[network, label].rule, {"m0": m0, "m1": m1, "converged": converged}
    return made_up.make_run(network, rule, seed, samples=samples, trace=trace, **values)


@pytest.fixture(scope="module")
def runs():
    """Plain: m0 = 1000, 2000, 4000 by seed, m1 a tenth, samples 4000; other rules: a part of m0 and m1, twice
    the samples; one run gave up."""
    return [
        make_run(
            network,
            label,
            seed,
            m0=1000 * 2 ** (seed - 1) // divisor,
            m1=100.0 * 2 ** (seed - 1) / divisor,
            samples=4000 if label == "plain" else 8000,
            converged=(network, label, seed) != GAVE_UP,
        )
        for network in NETWORKS
        for divisor, label in zip((1, 10, 2, 20, 5), LABELS, strict=True)
        for seed in (1, 2, 3)
    ]


@pytest.fixture(scope="module")
def data(runs):
    return compare.analyze(runs)


@pytest.fixture(scope="module")
def table(runs):
    return compare.summarize(runs).set_index(["network", "label"])


def test_full_grid_has_three_networks_of_one_size_with_the_settings_that_were_tuned():
    grid = compare.STUDY.list_runs()
    assert len({(config.model, config.rule, config.seed) for config in grid}) == len(grid) == 75
    assert {(config.hidden, config.goal, config.max_samples) for config in grid} == {(100, 0.95, None)}
    assert {config.seed for config in grid} == {1, 2, 3, 4, 5}
    tuned = [read_tuned(network, kind) for network in NETWORKS for kind in compare.LABELS]
    assert {(one.model, one.rule, str(one.options)) for one in tuned} == {
        (config.model, config.rule, str(config.options)) for config in grid
    }


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_has_every_kind_of_rule(network):
    parts = {
        label: tuple(part.name for part in Plasticity.parse(tuned.rule).parts)
        for (model, label), tuned in compare.TUNED.items()
        if model == network
    }
    assert parts == {
        "plain": ("plain",),
        "largest(f)": ("largest",),
        "subnet(k)": ("subnet",),
        "subnet(k) + largest(f)": ("subnet", "largest"),
        "above(θ)": ("above",),
    }


def test_ratios_are_to_plain_learning_on_the_same_seed_and_have_a_median(data):
    ratios = data[data["panel"] == "ratio"]
    assert (ratios["kind"] == "run").sum() == 3 * 45
    medians = ratios[ratios["kind"] == "median"].set_index(["network", "label", "quantity"])["ratio"]
    assert len(medians) == 3 * 15
    assert medians["ann", "largest(f)", "m0"] == 10
    assert medians["rate", "subnet(k) + largest(f)", "m1"] == 20
    assert medians["ann", "subnet(k)", "samples"] == 2


def test_a_run_that_gave_up_is_a_bound(data):
    cell = data[(data["network"] == "spiking") & (data["label"] == "above(θ)") & (data["panel"] == "ratio")]
    bounded = cell[(cell["kind"] == "run") & (cell["seed"] == 3)].set_index("quantity")
    assert bounded.loc["m0", ["least", "most", "ratio"]].tolist() == [0.0, 5.0, 5.0]
    assert bounded.loc["samples", ["least", "most", "ratio"]].tolist() == [2.0, np.inf, 2.0]
    assert not bounded["converged"].any()


def test_course_panel_has_every_evaluation(data):
    course = data[data["panel"] == "course"]
    assert len(course) == 90
    one = course[(course["network"] == "ann") & (course["label"] == "subnet(k)") & (course["seed"] == 2)]
    assert one[["samples", "online", "m0"]].to_numpy().tolist() == [[2000, 0.8, 500], [8000, 0.94, 1000]]


def test_table_has_medians_and_savings_with_intervals_that_say_what_they_cover(table):
    row = table.loc[("ann", "largest(f)")]
    assert row["reached"] == "3/3"
    assert row[["samples", "test", "m0", "m1"]].tolist() == [8000, 0.96, 200, 20.0]
    assert row[["m0 saving", "m0 saving low", "m0 saving high"]].tolist() == [10.0, 10.0, 10.0]
    assert row[["m1 saving", "samples ratio", "n", "coverage"]].tolist() == [10.0, 2.0, 3, 0.75]


def test_table_counts_a_run_that_gave_up_as_one_that_would_have_spent_more(table):
    row = table.loc[("spiking", "above(θ)")]
    assert row["reached"] == "2/3"
    assert row["m0"] == 400
    assert row[["m0 saving low", "m0 saving", "m0 saving high"]].tolist() == [0.0, 5.0, 5.0]
    assert row[["samples ratio low", "samples ratio", "samples ratio high"]].tolist() == [2.0, 2.0, np.inf]


def test_plain_saves_nothing_against_itself(table):
    assert table.xs("plain", level="label")["m0 saving"].tolist() == [1.0, 1.0, 1.0]


def test_the_headline_has_the_rule_that_saves_most_and_its_price(data):
    assert compare.headline(data) == (
        "Writing the largest changes on paths takes 20 (ann), 20 (rate) and 20 (spiking) times fewer weight "
        "writes than plain learning to 95 %, in 2.0 times the samples"
    )


def test_the_headline_counts_runs_that_did_not_get_there(runs):
    shown = [
        run for run in runs if run.record["rule"] in ("plain", compare.TUNED["spiking", "above(θ)"].rule)
    ]
    data = compare.analyze([run for run in shown if run.record["model"] == "spiking"])
    assert compare.headline(data) == (
        "Writing only changes above a threshold takes 5.0 (spiking) times fewer weight writes than plain "
        "learning to 95 %, in 2.0 times the samples; 1 of 3 runs did not get there"
    )


def test_the_run_that_gave_up_is_open_and_the_caption_says_so(data, runs):
    with use_style():
        figure = compare.plot(data)
    drawn = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert [line.get_ydata()[0] for line in drawn] == [5.0]
    caption = fill_caption(compare.CAPTION, runs, [], compare.describe(data))
    rule = compare.TUNED["spiking", "above(θ)"].rule
    assert f"Did not reach the goal: spiking with {rule} (1 of 3)." in caption
    assert "hidden units: 100 (ann, rate, spiking); n = 3 seeds" in caption
    assert "the range of 3, which covers 75.0 %" in caption


def test_every_panel_has_labels_and_all_rules_are_in_the_legend(data):
    with use_style():
        figure = compare.plot(data)
    assert all(ax.get_xlabel() for ax in figure.axes[3:])
    assert all(ax.get_ylabel() for ax in figure.axes[:4])
    (legend,) = [legend for part in figure.subfigs for legend in part.legends]
    assert [text.get_text() for text in legend.get_texts()] == list(LABELS)


def test_a_network_that_is_missing_altogether_leaves_no_hole(runs):
    data = compare.analyze([run for run in runs if run.record["model"] == "ann"])
    with use_style():
        figure = compare.plot(data)
    assert len(figure.axes) == 4
