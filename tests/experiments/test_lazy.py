from pathlib import Path

import numpy as np
import pytest
from made_up import make_priced

from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

lazy = load_module("experiment", "lazy", Path(__file__).parents[2])
SEEDS = {"ann, softmax": 10, "ann": 10, "spiking": 5}


@pytest.fixture(scope="module")
def runs():
    """Lazy: twice the samples, half of m1, a fifth of m0; its third seed in spikes gave up."""
    found = []
    for network, rules in lazy.RULES.items():
        model = network.partition(",")[0]
        config = {"options": lazy.OPTIONS if network != model else {}, "settings": {"n_stimulus": 50}}
        for seed in (1, 2, 3):
            for rule in rules:
                is_plain = rule == "plain"
                found.append(
                    make_priced(
                        model,
                        rule,
                        seed,
                        samples=1000 * seed * (1 if is_plain else 2),
                        m0=1_000_000 * seed // (1 if is_plain else 5),
                        m1=100.0 * seed / (1 if is_plain else 2),
                        converged=(model, rule, seed) != ("spiking", "lazy", 3),
                        config=config,
                    )
                )
    return found


@pytest.fixture(scope="module")
def data(runs):
    return lazy.analyze(runs)


def test_grid_has_plain_beside_lazy_on_every_seed():
    grid = lazy.STUDY.list_runs()
    for network, rules in lazy.RULES.items():
        model = network.partition(",")[0]
        own = [c for c in grid if c.model == model and ("loss" in c.options) == (network != model)]
        cells = {(c.rule, c.seed) for c in own}
        assert cells == {(rule, seed) for rule in rules for seed in range(1, SEEDS[network] + 1)}
        assert {c.protocol for c in own} == {"paper" if network == "ann" else "standard"}


def test_spiking_plain_is_a_cell_of_the_comparison():
    compare = load_module("experiment", "compare", Path(__file__).parents[2])
    for quick in (False, True):
        (plain,) = [c for c in lazy.STUDY.list_runs(quick, 1) if (c.model, c.rule) == ("spiking", "plain")]
        assert plain in compare.STUDY.list_runs(quick, 1)


def test_savings_by_hand(data):
    saved = lazy.savings(data)
    assert saved["value"].to_dict() == {"m1": 2, "m0": 5, "samples": 0.5}
    assert saved["n"].tolist() == [3, 3, 3]
    assert lazy.savings(data, "spiking")["n"].tolist() == [2, 2, 2]


def test_what_spikes_cost_decides_from_which_price_on_it_pays(data):
    signalling = 1000 * 4000 * (3.84e8 / 8000 + 4.1e4)
    paying = lazy.paying_prices(data)["value"]
    assert paying["m0"] == pytest.approx(signalling / 800_000)
    assert paying["m1"] == pytest.approx(signalling / 50)


def test_totals_go_from_twice_the_signalling_to_what_is_saved(data):
    totals = data[(data["panel"] == "total") & (data["kind"] == "median") & (data["label"] == "lazy")]
    for quantity, saved in (("m0", 5), ("m1", 2)):
        line = totals[totals["quantity"] == quantity].sort_values("price")["total"].astype(float).tolist()
        assert line[0] == pytest.approx(2, rel=0.05)
        assert line[-1] == pytest.approx(1 / saved, rel=0.05)


def test_table_counts_who_got_there(runs):
    table = lazy.summarize(runs).set_index(["network", "rule"])
    assert table.loc[("spiking", "lazy"), "reached"] == "2/3"
    assert table.loc[("ann", "lazy"), ["samples", "m1", "m1 saving"]].tolist() == [4000, 100, 2]
    assert np.isnan(table.loc[("ann", "plain"), "m1 saving"])


def test_caption_says_what_is_seen(runs, data):
    caption = fill_caption(lazy.CAPTION, runs, [], lazy.describe(data))
    assert "lazy: M1 2 (2 to 2), M0 5 (5 to 5), samples 0.5 (0.5 to 0.5)" in caption
    assert "ATP a write and" in caption
    assert "Did not reach the goal: spiking with lazy (1 of 3)." in caption
