from pathlib import Path

import made_up
import numpy as np
import pytest

from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

experiment = load_module("experiment", "accuracy_energy", Path(__file__).parents[2])

# Accuracy after each evaluation: energy doubles for every point of accuracy.
COURSE = tuple(np.arange(0.85, 0.985, 0.005).round(3))


def make_run(rule, seed, goal, *, rate=0.01, offset=0.0, scale=1.0):
    accuracies = [float(accuracy) for accuracy in COURSE if accuracy < goal + 0.004]
    trace = [
        {
            "samples": 2000 * (number + 1),
            "online": accuracy,
            "validation": accuracy + offset,
            "m0": scale * 1e6 * 2 ** (100 * (accuracy - 0.85)),
            "m1": scale * 100 * 2 ** (100 * (accuracy - 0.85)),
        }
        for number, accuracy in enumerate(accuracies)
    ]
    last = trace[-1]
    return made_up.make_run(
        "ann",
        rule,
        seed,
        m0=last["m0"],
        m1=last["m1"],
        converged=goal < 1,
        trace=trace,
        energy={"inefficiency_m1": 1000 * goal - 860},
        samples=last["samples"],
        goal=goal,
        config={"settings": {"learning_rate": rate}},
    )


@pytest.fixture(scope="module")
def runs():
    """fixed ends two points of accuracy below the others; a learning rate of 0.03 costs twice as much."""
    long = [
        make_run(rule, seed, 1.0, offset=-0.02 * rule.startswith("fixed"), scale=seed)
        for rule in experiment.RULES.values()
        for seed in (1, 2, 3)
    ]
    stopped = [make_run("plain", seed, goal) for goal in (0.9, 0.95) for seed in (1, 2, 3)]
    rates = [
        make_run("plain", seed, 0.95, rate=rate, scale=1 + (rate > 0.01))
        for rate in (0.003, 0.03)
        for seed in (1, 2, 3)
    ]
    return [*long, *stopped, *rates]


@pytest.fixture(scope="module")
def data(runs):
    return experiment.analyze(runs)


def test_full_grid_has_long_runs_goals_and_rates():
    grid = experiment.STUDY.list_runs()
    assert sum(c.goal == 1.0 for c in grid) == len(experiment.RULES) * 5
    assert {c.goal for c in grid if c.goal < 1} == set(experiment.GOALS)
    assert {c.options.get("learning_rate") for c in grid if c.goal == 0.95} - {None} == {
        rate for rate in experiment.RATES if rate != experiment.OWN_RATE
    }


def test_energy_at_an_accuracy_is_read_along_the_trace(data):
    cells = data[(data["panel"] == "asked") & (data["kind"] == "run")].set_index(["label", "asked", "seed"])
    assert cells.loc[("plain", 0.9, 3), "m0"] == pytest.approx(3e6 * 2**5)
    assert cells.loc[("fixed(0.1)", 0.9, 1), "m1"] == pytest.approx(100 * 2**7)


def test_growth_that_is_exponential_is_the_same_everywhere(data):
    slopes = experiment.growth(data)
    assert slopes["value"].tolist() == pytest.approx([2.0] * 4)
    assert list(slopes.index) == ["m0 88-92 %", "m0 94-97 %", "m1 88-92 %", "m1 94-97 %"]


def test_best_accuracy_is_compared_with_plain_on_the_same_seed(data):
    best = experiment.best_accuracies(data)
    assert best.loc["plain", "test"] == pytest.approx(0.98)
    assert best["value"].round(6).to_dict() == {
        label: -2.0 * (label == "fixed(0.1)") for label in experiment.RULES
    }


def test_ratio_is_that_of_plain_runs_with_the_networks_own_rate(data):
    ratios = experiment.inefficiencies(data)
    assert ratios["value"].to_dict() == pytest.approx({0.9: 40, 0.95: 90})
    assert ratios["n"].tolist() == [3, 3]


def test_table_has_a_row_per_cell(data):
    table = experiment.tabulate(data)
    assert len(table) == (data["kind"] == "median").sum()


def test_caption_says_what_is_seen(runs, data):
    caption = fill_caption(experiment.CAPTION, runs, [], experiment.describe(data))
    assert "M0 88-92 %, 2.00 (2.00 to 2.00) times" in caption
    assert "Seen: 40 at 90 %, 90 at 95 %." in caption
    assert "fixed(0.1) -2.00 (-2.00 to -2.00) points" in caption
    assert "energy to 95 % against the learning rate" in caption
    assert "Medians of M1: 102,400 at 0.003, 102,400 at 0.01, 204,800 at 0.03." in caption
    assert "read along runs of 54,000 samples" in caption


def test_the_headline_compares_low_and_high_accuracies(data):
    assert experiment.headline(data).startswith(
        "One more percent of accuracy takes plain learning 2.00 times (88-92 %) to 2.00 times (94-97 %) the "
    )
