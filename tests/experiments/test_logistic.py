from pathlib import Path

import numpy as np
import pytest
from made_up import make_run

from bioplast.loading import load_module
from bioplast.plasticity import Plasticity

logistic = load_module("experiment", "logistic", Path(__file__).parents[2])
SEEDS = (1, 2, 3)


def make(seed, m1, *, hidden=100, rate=0.1, goal=0.93, rule="plain", **changes):
    """A run, with the settings that tell where it belongs."""
    energy = {"inefficiency_m1": 20 * goal, "maintenance": changes.pop("maintenance", 0.0)}
    options = logistic.make_options(hidden, rate)
    config = {"options": options, "settings": {}}
    return make_run(
        "ann", rule, seed, m1=m1, hidden=hidden, goal=goal, config=config, energy=energy, **changes
    )


@pytest.fixture(scope="module")
def data():
    """M1 is 100 e^(10 accuracy) a seed; twice that with 1,000 units, half with a small rate."""
    runs = []
    for seed in SEEDS:
        own = 100.0 * seed * np.exp(10 * 0.93)
        runs += [make(seed, 100.0 * seed * np.exp(10 * goal), goal=goal) for goal in logistic.GOALS]
        runs += [make(seed, 2 * own, hidden=1000), make(seed, own / 2, rate=0.03)]
        runs += [make(seed, own, rate=1.0, converged=False)]
        for rule in logistic.list_caches(logistic.THRESHOLDS):
            cache = Plasticity.parse(rule).consolidation
            # Cheapest at 0.02: 8 times with the synapse's trigger, 4 with the neuron's; half is maintenance.
            factor = (1 + abs(np.log(cache.theta / 0.02))) / (8 if cache.per == "synapse" else 4)
            spent = {"m1": own * factor / 2, "maintenance": own * factor / 2}
            runs.append(make(seed, rule=rule, **spent))
    return logistic.analyze(runs)


def test_grid_varies_one_thing_at_a_time_around_the_source_s_network():
    grid = logistic.STUDY.list_runs(seeds=1)
    assert {c.options["activation"] for c in grid} == {"logistic"}
    differs = [
        (c.rule != "plain") + (c.goal != 0.93) + (c.hidden != 100) + (c.options["learning_rate"] != 0.1)
        for c in grid
    ]
    assert set(differs) == {0, 1}
    assert {c.options["sd_output"] for c in grid if c.hidden == 1000} == {0.0316}


def test_exponential_growth_has_equal_slopes(data):
    growth = logistic.compare_growth(data)
    assert (growth.median, growth.low, growth.high) == pytest.approx((1, 1, 1))
    assert growth.n == 3


def test_inefficiency_by_accuracy(data):
    assert logistic.inefficiencies(data)["value"].to_dict() == pytest.approx(
        {goal: 20 * goal for goal in logistic.GOALS}
    )


def test_rates_are_compared_with_the_own_one_where_the_goal_was_reached(data):
    assert logistic.rates(data)["value"].to_dict() == pytest.approx({0.03: 0.5})


def test_caching_saves_most_at_its_best_threshold(data):
    optima = logistic.find_optima(data).set_index("label")
    assert optima["threshold"].to_dict() == {"synapse": 0.02, "neuron": 0.02}
    assert optima["saving"].to_dict() == pytest.approx({"synapse": 8, "neuron": 4})
    assert logistic.compare_triggers(data).median == pytest.approx(0.5)


def test_headline_and_caption_tell_the_numbers(data):
    assert "at its best 8.0 (synapse) and 4.0 (neuron) times less" in logistic.headline(data)
    said = logistic.describe(data)
    assert said["growth"].startswith("it is 1.00 times as steep at 93 to 96 % as at 85 to 90 %")
    assert said["rates"] == "0.03: 0.50 (0.50 to 0.50) times M1 (against 0.1)."
