from pathlib import Path

import numpy as np
import pytest
from made_up import make_priced

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

ROOT = Path(__file__).parents[2]
budget = load_module("experiment", "budget", ROOT)
compare = load_module("experiment", "compare", ROOT)

SAMPLES = {
    "plain": 1000,
    "largest(f)": 2000,
    "subnet(k)": 1000,
    "subnet(k) + largest(f)": 3000,
    "above(θ)": 1000,
}
WRITES = {
    "plain": 10**6,
    "largest(f)": 10**5,
    "subnet(k)": 2 * 10**6,
    "subnet(k) + largest(f)": 10**5,
    "above(θ)": 10**5,
}


def make_run(network, label, seed, *, converged=True):
    return make_priced(
        network,
        compare.TUNED[network, label].rule,
        seed,
        samples=SAMPLES[label] * seed,
        m0=WRITES[label] * seed,
        m1=10.0 * seed,
        converged=converged,
        hidden=compare.HIDDEN,
    )


@pytest.fixture(scope="module")
def runs():
    return [
        make_run(network, label, seed, converged=(network, label, seed) != ("spiking", "above(θ)", 3))
        for network in compare.NETWORKS
        for label in SAMPLES
        for seed in (1, 2, 3)
    ]


@pytest.fixture(scope="module")
def data(runs):
    return budget.analyze(runs)


def test_runs_are_those_of_the_comparison():
    for quick in (False, True):
        assert budget.STUDY.list_runs(quick) == compare.STUDY.list_runs(quick)


def test_bill_by_hand(data):
    bill = data[(data["panel"] == "bill") & (data["label"] == "plain") & (data["seed"] == 1)]
    bill = bill.set_index(["preset", "component"])["energy_atp"].astype(float)
    rodent = budget.PRESETS["rodent"]
    assert bill["rodent", "spikes"] == pytest.approx(120_000 * rodent.spike)
    assert bill["rodent", "vesicles"] == pytest.approx(4e6 * 1.64e5 / 4)
    n_cells, seconds = 785 + 101 + 10, 1000 * 0.05
    assert bill["rodent", "rest"] == pytest.approx(n_cells * seconds * 3.42e8)
    n_synapses = 785 * 100 + 101 * 10
    assert bill["running-low", "plasticity"] == pytest.approx(n_synapses * seconds * 0.5e-15 / 8.3e-20)
    assert bill["fly-memory", "plasticity"] == pytest.approx(1e6 * 0.01 / 8.3e-20)
    assert bill["scaled", "spikes"] == pytest.approx(4e6 * rodent.spike / 8000)
    assert bill["rodent", "errors"] == pytest.approx(1000 * 101 * 10 * rodent.event)
    assert ("rodent", "plasticity") not in bill.index
    assert ("all-in", "vesicles") not in bill.index


def test_joules_are_atp_times_what_one_gives(data):
    rows = data[data["panel"].isin(["bill", "break_even", "price"])].astype({"energy_atp": float})
    assert np.allclose(rows["energy_joule"].astype(float), 8.3e-20 * rows["energy_atp"])


def test_only_the_spiking_network_has_a_bill(data):
    assert set(data.loc[data["panel"] == "bill", "network"]) == {"spiking"}


def test_break_even_is_signalling_over_writes(data):
    plain = (120_000 * 3.84e8 + 4e6 * 4.1e4) / 1e6
    prices = budget.break_evens(data)
    assert prices.loc["plain", "value"] == pytest.approx(plain)
    assert prices.loc["largest(f)", "value"] == pytest.approx(20 * plain)
    assert prices.loc["above(θ)", "n"] == 2
    assert budget.break_evens(data, component="m1").loc["plain", "value"] == pytest.approx(plain * 1e5)
    assert budget.break_evens(data, "all-in").loc["plain", "value"] == pytest.approx(120_000 * 7.12e8 / 1e6)


def test_break_even_falls_where_an_action_potential_fits_its_cell(data):
    vesicles = 4e6 * 4.1e4
    scaled = (4e6 * 3.84e8 / 8000 + vesicles) / 1e6
    assert budget.break_evens(data, "scaled").loc["plain", "value"] == pytest.approx(scaled)
    # 10, 20 and 30 units of m1 with one, two and three times the samples.
    for share, part in (("low", 0.04), ("high", 0.112)):
        prices = budget.break_evens(data, "rodent", share, "m1_price")
        assert prices.loc["plain", "value"] == pytest.approx(part * vesicles / 10)


def test_a_rule_that_needs_longer_pays_from_some_price_on(data):
    paying = budget.paying_prices(data, "ann")
    # 500,000 multiply-accumulates more, 900,000 writes less.
    assert paying.loc["largest(f)", "value"] == pytest.approx(5 / 9)
    assert paying.loc["above(θ)", "value"] == 0
    assert np.isnan(paying.loc["subnet(k)", "value"])
    assert paying.loc["subnet(k)", "n"] == 0


def test_totals_go_from_the_ratio_of_signalling_to_that_of_writes(data):
    totals = data[(data["panel"] == "total") & (data["kind"] == "median") & (data["network"] == "ann")]
    line = totals[totals["label"] == "largest(f)"].sort_values("price")["total"].astype(float).tolist()
    assert line[0] == pytest.approx(2, rel=0.02)
    assert line[-1] == pytest.approx(0.1, rel=0.02)
    assert set(totals.loc[totals["label"] == "plain", "total"].astype(float).round(12)) == {1.0}


def test_table_and_caption_tell_the_prices(runs, data):
    table = budget.tabulate(data).set_index(["network", "rule"])
    assert table.loc[("ann", "largest(f)"), "pays from"] == pytest.approx(5 / 9)
    assert table.loc[("spiking", "plain"), "break-even, rodent (ATP)"] == pytest.approx(46_244_000)
    caption = fill_caption(budget.CAPTION, runs, [], budget.describe(data))
    assert "in ATP a write: plain 4.6e+07 (4.6e+07 to 4.6e+07)" in caption
    assert "under scaled: plain 3.6e+05 (3.6e+05 to 3.6e+05)" in caption
    assert "Not charged: finding the largest changes" in caption
    assert "ann, largest(f) 0.56 (0.56 to 0.56)" in caption
    assert "images were shown, 50 ms each" in caption


@pytest.mark.parametrize("network", ["spiking", "ann"])
def test_a_network_in_which_nothing_got_there_leaves_no_nan_in_the_caption(network):
    runs = [
        make_run(name, label, 1, converged=name != network)
        for name in compare.NETWORKS
        for label in ("plain", "largest(f)")
    ]
    data = budget.analyze(runs)
    assert network not in set(data["network"].dropna())
    with use_style():
        assert budget.plot(data).axes
    assert "nan" not in fill_caption(budget.CAPTION, runs, [], budget.describe(data))
    shown = {name.partition(",")[0] for name in budget.tabulate(data)["network"]}
    assert shown == set(compare.NETWORKS) - {network}
