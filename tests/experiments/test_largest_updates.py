from pathlib import Path

import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption
from bioplast.training.record import Run

experiment = load_module("experiment", "largest_updates", Path(__file__).parents[2])

PLAIN, LARGE, LESS = "plain", "largest(0.1, output=1)", "largest(0.03, output=1)"
LOCAL, SMALL = 'largest(0.1, output=1, per="neuron")', "smallest(0.9)"


def make_run(rule, seed, *, m0, samples, converged=True):
    record = {
        "model": "ann",
        "rule": str(Plasticity.parse(rule)),
        "seed": seed,
        "hidden": 100,
        "task": "mnist",
        "samples": samples,
        "converged": converged,
        "diverged": False,
        "accuracy": {"online": 0.94, "validation": 0.95, "test": 0.95},
        "energy": {"m0": m0, "m1": m0 / 10, "layers": {}},
        "signalling": {},
        "encoding": "paper",
        "goal": 0.95,
        "key": f"{rule}-{seed}",
    }
    return Run(record)


@pytest.fixture(scope="module")
def runs():
    """Plain writes 1 a sample; largest(0.1) a tenth in twice the time; one seed of largest(0.03) gave up."""
    return [
        run
        for seed in (1, 2, 3)
        for run in (
            make_run(PLAIN, seed, m0=1000 * seed, samples=1000 * seed),
            make_run(LARGE, seed, m0=200 * seed, samples=2000 * seed),
            make_run(LESS, seed, m0=150 * seed, samples=3000 * seed, converged=seed != 2),
            make_run(LOCAL, seed, m0=500 * seed, samples=1000 * seed),
            make_run(SMALL, seed, m0=9000, samples=10_000, converged=False),
        )
    ]


@pytest.fixture(scope="module")
def data(runs):
    return experiment.analyse(runs)


def test_full_grid_has_every_kind_of_rule_with_plain_at_every_size():
    grid = experiment.make_grid(False, None)
    assert len({(c.rule, c.hidden, c.seed, c.max_samples) for c in grid}) == len(grid)
    assert {c.protocol for c in grid} == {"paper"}
    kinds = {c.plasticity.selection.name for c in grid}
    assert kinds == {"plain", "largest", "above", "smallest"}
    for hidden, n_seeds in experiment.SEEDS.items():
        plain = [c.seed for c in grid if c.hidden == hidden and c.rule == "plain"]
        assert plain == list(range(1, n_seeds + 1))


@pytest.mark.parametrize(("fraction", "matched"), [(0.3, 1), (0.1, 1), (0.01, 0.784)])
def test_output_writes_as_many_synapses_as_the_hidden_layer_or_all_it_has(fraction, matched):
    (rule,) = {
        c.rule
        for c in experiment.make_grid(False, 1)
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
    assert best.loc["largest(f)", "n"] == 2
    assert best.loc["largest(f), per neuron", "m0"] == 2
    assert "smallest(f)" not in best.index


def test_table_counts_who_got_there(runs):
    table = experiment.tabulate(runs).set_index("rule")
    assert table.loc[str(Plasticity.parse(LESS)), "reached"] == "2/3"
    assert table.loc[SMALL, "reached"] == "0/3"
    assert table.loc[str(Plasticity.parse(LARGE)), "m0 saving"] == 5


def test_caption_says_what_is_saved_at_what_cost_in_time(data, runs):
    caption = fill_caption(experiment.CAPTION, runs, [], experiment.describe(data))
    assert "n = 3 at N = 100" in caption
    assert f"{Plasticity.parse(LESS)}: M0 6.67 (6.67 to 6.67), M1 6.7" in caption
    assert "with 3 (3 to 3) times the samples (n = 2)" in caption
    assert f"Did not reach the goal: ann with {Plasticity.parse(LESS)} (1 of 3); ann with {SMALL}" in caption


def test_figure_draws_what_the_csv_holds(data):
    with use_style():
        figure = experiment.plot(data)
    runs = data[data["kind"] == "run"]
    assert len(figure.axes) == 3
    for ax, quantity in zip(figure.axes, ("m0", "m1", "samples"), strict=True):
        drawn = np.concatenate([line.get_ydata() for line in ax.lines if line.get_linestyle() == "None"])
        assert sorted(drawn) == sorted(runs[quantity].astype(float))
        assert ax.get_xlabel()
        assert ax.get_ylabel()
