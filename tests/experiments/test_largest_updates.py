from pathlib import Path

import pytest
from made_up import make_run

from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption

experiment = load_module("experiment", "largest_updates", Path(__file__).parents[2])

PLAIN, LARGE, LESS = "plain", "largest(0.1, output=1)", "largest(0.03, output=1)"
LOCAL, SMALL = 'largest(0.1, output=1, per="neuron")', "smallest(0.9)"


@pytest.fixture(scope="module")
def runs():
    """Plain writes 1 a sample; largest(0.1) a tenth in twice the time; one seed of largest(0.03) gave up."""
    return [
        run
        for seed in (1, 2, 3)
        for run in (
            make_run("ann", PLAIN, seed, m0=1000 * seed, m1=100 * seed, samples=1000 * seed),
            make_run("ann", LARGE, seed, m0=200 * seed, m1=20 * seed, samples=2000 * seed),
            make_run(
                "ann", LESS, seed, m0=150 * seed, m1=15 * seed, samples=3000 * seed, converged=seed != 2
            ),
            make_run("ann", LOCAL, seed, m0=500 * seed, m1=50 * seed, samples=1000 * seed),
            make_run("ann", SMALL, seed, m0=9000, m1=900, samples=10_000, converged=False),
        )
    ]


@pytest.fixture(scope="module")
def data(runs):
    return experiment.analyze(runs)


def test_full_grid_has_every_kind_of_rule_with_plain_at_every_size():
    grid = experiment.STUDY.list_runs()
    assert len({(c.rule, c.hidden, c.seed, c.max_samples) for c in grid}) == len(grid)
    assert {c.protocol for c in grid} == {"paper"}
    kinds = {c.plasticity.selection.name for c in grid}
    assert kinds == {"plain", "largest", "above", "smallest"}
    for hidden in (100, 1000):
        plain = [c.seed for c in grid if c.hidden == hidden and c.rule == "plain"]
        assert plain == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("fraction", "matched"), [(0.3, 1), (0.1, 1), (0.01, 0.784)])
def test_output_writes_as_many_synapses_as_the_hidden_layer_or_all_it_has(fraction, matched):
    (rule,) = {
        c.rule
        for c in experiment.STUDY.list_runs(seeds=1)
        if c.hidden == 100 and f"largest({fraction}," in c.rule and "per" not in c.rule
    }
    assert Plasticity.parse(rule).selection.output == pytest.approx(matched)


def test_share_is_writes_a_sample_over_those_of_plain(data):
    shares = data[data["kind"] == "run"].groupby("rule")["fraction"].apply(set)
    assert shares[PLAIN] == {1.0}
    assert shares[str(Plasticity.parse(LARGE))] == {0.1}
    assert shares[str(Plasticity.parse(LOCAL))] == {0.5}


def test_medians_and_savings_by_hand(data):
    rule = str(Plasticity.parse(LARGE))
    cells = data[data["rule"] == rule].set_index("kind")
    assert cells.loc["median", ["m0", "samples", "reached"]].tolist() == [400, 4000, 3]
    assert cells.loc["saving", ["m0", "m1", "samples"]].tolist() == [5.0, 5.0, 0.5]


def test_best_saving_passes_over_what_does_not_get_there(data):
    best = experiment.best_savings(data).set_index("label")
    assert best.loc["largest(f)", "rule"] == str(Plasticity.parse(LESS))  # 1000 / 150
    assert best.loc["largest(f)", "m0"] == pytest.approx(20 / 3)
    assert best.loc["largest(f)", "n"] == 3
    assert best.loc["largest(f), per neuron", "m0"] == 2
    assert "smallest(f)" not in best.index


def test_table_counts_who_got_there(data):
    table = experiment.tabulate(data).set_index("rule")
    assert table.loc[str(Plasticity.parse(LESS)), "reached"] == "2/3"
    assert table.loc[SMALL, "reached"] == "0/3"
    assert table.loc[str(Plasticity.parse(LARGE)), "m0 saving"] == 5


def test_caption_says_what_is_saved_at_what_cost_in_time(data, runs):
    caption = fill_caption(experiment.CAPTION, runs, [], experiment.describe(data))
    assert "n = 3 at N = 100" in caption
    assert f"{Plasticity.parse(LESS)}: M0 6.67 (0 to 6.67), M1 6.7" in caption
    assert "with 3 (3 to inf) times the samples (n = 3)" in caption
    assert f"Did not reach the goal: ann with {Plasticity.parse(LESS)} (1 of 3); ann with {SMALL}" in caption


def test_the_headline_has_the_saving_and_its_price(data):
    assert experiment.headline(data) == (
        "Writing only the largest changes takes 6.7 (N = 100) times fewer writes, in 3.0 times the samples"
    )
