from pathlib import Path

import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption
from bioplast.training.record import Run

lazy = load_module("experiment", "lazy", Path(__file__).parents[2])


def make_run(model, rule, seed, *, samples, m0, m1, converged=True):
    """A sample of the spiking network has 120 spikes and 4,000 synaptic events."""
    has_spikes = model == "spiking"
    record = {
        "model": model,
        "rule": rule,
        "seed": seed,
        "hidden": lazy.HIDDEN[model],
        "task": "mnist",
        "samples": samples,
        "converged": converged,
        "diverged": False,
        "accuracy": {"online": 0.94, "validation": 0.95, "test": 0.96},
        "energy": {"m0": m0, "m1": m1, "layers": {}},
        "signalling": {
            "spikes_input": 100 * samples * has_spikes,
            "spikes_hidden": 20 * samples * has_spikes,
            "synaptic_events": 4000 * samples * has_spikes,
            "macs": 500 * samples * (not has_spikes),
        },
        "encoding": "rates" if has_spikes else "paper",
        "goal": 0.95,
        "key": f"{model}-{rule}-{seed}",
        "config": {"settings": {"n_stimulus": 50} if has_spikes else {}},
    }
    trace = [
        {"samples": samples // 2, "online": 0.9, "validation": 0.9, "m0": m0 // 2, "m1": m1 / 2},
        {"samples": samples, "online": 0.94, "validation": 0.95, "m0": m0, "m1": m1},
    ]
    return Run(record, trace)


@pytest.fixture(scope="module")
def runs():
    """Lazy: twice the samples, half of m1, a fifth of m0; its third seed in spikes gave up."""
    found = []
    for model, rules in lazy.RULES.items():
        for seed in (1, 2, 3):
            for rule in rules:
                is_plain = rule == "plain"
                found.append(
                    make_run(
                        model,
                        rule,
                        seed,
                        samples=1000 * seed * (1 if is_plain else 2),
                        m0=1_000_000 * seed // (1 if is_plain else 5),
                        m1=100.0 * seed / (1 if is_plain else 2),
                        converged=(model, rule, seed) != ("spiking", "lazy", 3),
                    )
                )
    return found


@pytest.fixture(scope="module")
def data(runs):
    return lazy.analyse(runs)


def test_grid_has_plain_beside_lazy_on_every_seed():
    grid = lazy.make_grid(False, None)
    for model, rules in lazy.RULES.items():
        cells = {(c.rule, c.seed) for c in grid if c.model == model}
        assert cells == {(rule, seed) for rule in rules for seed in range(1, lazy.SEEDS[model] + 1)}
    assert {c.protocol for c in grid if c.model == "ann"} == {"paper"}
    assert len(lazy.make_grid(True, None)) == 5


def test_spiking_plain_is_a_cell_of_the_comparison():
    compare = load_module("experiment", "compare", Path(__file__).parents[2])
    for quick in (False, True):
        (plain,) = [c for c in lazy.make_grid(quick, 1) if (c.model, c.rule) == ("spiking", "plain")]
        assert plain in compare.make_grid(quick, 1)


def test_savings_by_hand(data):
    saved = lazy.savings(data)
    assert saved["value"].to_dict() == {"m1": 2, "m0": 5, "samples": 0.5}
    assert saved["n"].tolist() == [3, 3, 3]
    assert lazy.savings(data, "spiking")["n"].tolist() == [2, 2, 2]


def test_what_spikes_cost_decides_from_which_price_on_it_pays(data):
    signalling = 1000 * (120 * 3.84e8 + 4000 * 4.1e4)
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
    table = lazy.tabulate(runs).set_index(["network", "rule"])
    assert table.loc[("spiking", "lazy"), "reached"] == "2/3"
    assert table.loc[("ann", "lazy"), ["samples", "m1", "m1 saving"]].tolist() == [4000, 100, 2]
    assert np.isnan(table.loc[("ann", "plain"), "m1 saving"])


def test_caption_says_what_is_seen(runs, data):
    caption = fill_caption(lazy.CAPTION, runs, [], lazy.describe(data))
    assert "lazy: M1 2 (2 to 2), M0 5 (5 to 5), samples 0.5 (0.5 to 0.5)" in caption
    assert "ATP a write and" in caption
    assert "Did not reach the goal: spiking with lazy (1 of 3)." in caption


def test_figure_draws_what_the_csv_holds(data):
    with use_style():
        figure = lazy.plot(data)
    course, ann, spiking, write, change = figure.axes
    rows = data[data["panel"] == "course"]
    drawn = np.concatenate([line.get_ydata() for line in course.lines if line.get_linestyle() == "-"])
    assert sorted(drawn) == sorted(rows["m1"].astype(float))
    for ax, network in ((ann, "ann"), (spiking, "spiking")):
        rows = data[(data["panel"] == "saving") & (data["kind"] == "run") & (data["network"] == network)]
        markers = [line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "None"]
        claimed = list(lazy.CLAIMED.values()) if network == "ann" else []
        assert sorted(markers) == sorted([*rows["saving"].astype(float), *claimed])
    assert (write.get_xlabel(), change.get_xlabel()) == tuple(lazy.CHARGED.values())


def test_nothing_got_there_is_still_a_figure_without_nan_in_the_caption():
    runs = [
        make_run(model, rule, 1, samples=10, m0=10, m1=1.0, converged=False)
        for model, rules in lazy.RULES.items()
        for rule in rules
    ]
    data = lazy.analyse(runs)
    with use_style():
        assert len(lazy.plot(data).axes) == 5
    assert "nan" not in fill_caption(lazy.CAPTION, runs, [], lazy.describe(data))
