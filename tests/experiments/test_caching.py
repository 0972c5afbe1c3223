from pathlib import Path

import made_up
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.plasticity.cache import Cache
from bioplast.studies.caption import fill_caption

caching = load_module("experiment", "caching", Path(__file__).parents[2])
SYNAPSE, NEURON = list(caching.WAYS)[:2]


def make_run(rule, seed, *, m1, maintenance=0.0, samples=10_000, converged=True):
    energy = {"maintenance": maintenance}
    return made_up.make_run(
        "ann", rule, seed, m1=m1, energy=energy, samples=samples, converged=converged, goal=0.93
    )


def make_cache(theta, per):
    return str(Plasticity(consolidation=Cache(theta, 0.001, per, caching.COST)))


@pytest.fixture(scope="module")
def runs():
    """Plain spends 1000; by synapse 0.002 costs 100 + 100 and is best, 0.01 never gets there."""
    made = []
    for seed in (1, 2, 3):
        made.append(make_run("plain", seed, m1=1000.0 * seed))
        for theta, m1, kept in ((0.001, 400.0, 20.0), (0.002, 100.0, 100.0), (0.01, 10.0, 150.0)):
            reached = theta < 0.01
            made.append(
                make_run(
                    make_cache(theta, "synapse"),
                    seed,
                    m1=m1 * seed,
                    maintenance=kept * seed,
                    samples=20_000,
                    converged=reached,
                )
            )
            made.append(make_run(make_cache(theta, "neuron"), seed, m1=250.0 * seed, maintenance=0.0))
    return made


@pytest.fixture(scope="module")
def data(runs):
    return caching.analyze(runs)


def test_grid_has_every_way_with_plain_beside_it():
    grid = caching.STUDY.list_runs()
    assert len(grid) == 5 * (1 + sum(len(thresholds) for *_, thresholds in caching.WAYS.values()))
    assert {config.protocol for config in grid} == {"standard"}


def test_energy_is_relative_to_plain_on_the_same_seed(data):
    runs = data[(data["panel"] == "a") & (data["label"] == SYNAPSE) & (data["kind"] == "run")]
    energies = runs.groupby("threshold")["energy"].agg(list)
    assert energies.loc[0.001] == pytest.approx([0.42] * 3)
    assert energies.loc[0.002] == pytest.approx([0.2] * 3)
    assert not runs.set_index("threshold")["converged"].loc[0.01].any()
    trials = data[(data["panel"] == "b") & (data["label"] == SYNAPSE) & (data["kind"] == "median")]
    assert trials.set_index("threshold")["trials"].loc[0.001] == 2


def test_the_best_threshold_depends_on_the_cost_of_maintenance(data):
    panel = data[(data["panel"] == "c") & (data["label"] == SYNAPSE) & (data["kind"] == "run")]
    chosen = panel.groupby(panel["cost"].astype(float).round(6))["threshold"].first()
    assert chosen.loc[0.001] == 0.002
    # Ten times dearer: 0.4 + 0.2 against 0.1 + 1.
    assert chosen.loc[0.01] == 0.001
    assert caching.find_savings(data, SYNAPSE, 0.01).tolist() == pytest.approx([1 / 0.6] * 3)


def test_optimum_and_triggers(data):
    optima = caching.find_optima(data).set_index("label")
    assert optima.loc[SYNAPSE, ["threshold", "saving", "n"]].tolist() == pytest.approx([0.002, 5, 3])
    assert optima.loc[SYNAPSE, "left"] == pytest.approx(2.1)
    assert caching.compare_triggers(data).median == pytest.approx(0.8)


def test_table_and_caption(runs, data):
    table = caching.tabulate(data).set_index("label")
    assert table.loc[SYNAPSE, ["threshold", "saving", "trials"]].tolist() == pytest.approx([0.002, 5, 2])
    caption = fill_caption(caching.CAPTION, runs, [], caching.describe(data))
    assert f"{SYNAPSE}: cheapest at 0.002, 5.0 times less than plain." in caption
    assert "c = 0.001: 0.80 (0.80 to 0.80) times the saving" in caption
    assert "ann with cache(0.01, decay=0.001) (3 of 3)" in caption


def test_a_way_that_never_got_there_is_still_a_figure_and_a_table(runs):
    few = [
        run
        for run in runs
        if run.record["rule"] in ("plain", make_cache(0.01, "synapse"), make_cache(0.01, "neuron"))
    ]
    data = caching.analyze(few)
    with use_style():
        assert len(caching.plot(data).axes) == 3
    assert caching.tabulate(data).set_index("label").loc[SYNAPSE, "n"] == 0
    assert f"{SYNAPSE}: no threshold reached the goal." in caching.describe(data)["optima"]
