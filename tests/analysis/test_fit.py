import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.fit import compute_local_exponents, fit_each, fit_power_law

SIZES = np.array([30, 100, 300, 1000, 3000, 10_000])


def test_an_exact_power_law_is_found_and_followed_anywhere():
    law = fit_power_law(SIZES, 7.0 * SIZES**0.5)
    assert (law.exponent, law.low, law.high) == pytest.approx((0.5, 0.5, 0.5))
    value, low, high = law.predict([1.0, 4e8])
    assert value == pytest.approx([7.0, 7.0 * 2e4])
    assert low == pytest.approx(value)
    assert high == pytest.approx(value)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(3)
    sizes = np.repeat(SIZES, 3)
    n_trials, far = 600, 1e8
    n_exponent = n_far = 0
    for _ in range(n_trials):
        law = fit_power_law(sizes, 2.0 * sizes**0.8 * np.exp(0.3 * rng.standard_normal(sizes.size)))
        n_exponent += law.low < 0.8 < law.high
        _, low, high = law.predict(far)
        n_far += low < 2.0 * far**0.8 < high
    # Binomial: 4 standard errors of a share of 0.95 in 600 trials.
    margin = 4 * np.sqrt(0.95 * 0.05 / n_trials)
    assert n_exponent / n_trials == pytest.approx(0.95, abs=margin)
    assert n_far / n_trials == pytest.approx(0.95, abs=margin)


def test_the_interval_widens_away_from_the_data():
    law = fit_power_law(SIZES, SIZES * np.array([1.1, 0.9, 1.2, 1.0, 0.8, 1.1]))
    _, low, high = law.predict([500, 1e6, 1e8])
    assert np.all(np.diff(high / low) > 0)


def test_pairs_without_a_value_are_left_out():
    law = fit_power_law([1, 10, 100, 1000], [1.0, 10.0, np.nan, 1000.0])
    assert law.n == 3
    assert law.exponent == pytest.approx(1.0)


def test_two_points_have_a_line_without_an_interval():
    law = fit_power_law([1, 10], [1.0, 100.0])
    assert law.exponent == pytest.approx(2.0)
    assert np.isnan([law.low, law.high]).all()
    value, low, _ = law.predict([100.0])
    assert value == pytest.approx([1e4])
    assert np.isnan(low).all()


@pytest.mark.parametrize("sizes", [[], [10], [10, 10]])
def test_one_size_or_none_has_no_line(sizes):
    law = fit_power_law(sizes, [2.0] * len(sizes))
    assert np.isnan([law.exponent, law.low, law.high]).all()
    assert np.isnan(law.predict([10.0])).all()


def test_exponents_between_neighbors_are_those_of_the_seeds_that_both_have():
    runs = pd.DataFrame(
        [(1, 10, 5.0), (1, 1000, 500.0), (2, 10, 5.0), (2, 1000, 50_000.0), (3, 10, 1.0)],
        columns=["seed", "hidden", "m0"],
    )
    (row,) = compute_local_exponents(runs, "hidden", ["m0"]).to_dict("records")
    assert row["hidden"] == pytest.approx(100.0)
    assert [row["value"], row["low"], row["high"]] == pytest.approx([1.5, 1.0, 2.0])
    assert (row["quantity"], row["n"]) == ("m0", 2)


def test_one_size_has_no_neighbor():
    runs = pd.DataFrame({"seed": [1, 2], "hidden": [10, 10], "m0": [1.0, 2.0]})
    assert compute_local_exponents(runs, "hidden", ["m0"]).empty


def test_each_group_has_a_power_law_through_the_runs_that_got_there():
    runs = pd.DataFrame(
        {
            "units": [2, 2, 1, 1, 1, 3],
            "hidden": [10, 100, 10, 100, 1000, 10],
            "m0": [5.0, 5.0, 1.0, 10.0, 1e9, 1.0],
            "converged": [True, True, True, True, False, False],
        }
    )
    laws = fit_each(runs, "hidden", ["m0"], by="units")
    assert laws["units"].tolist() == [1, 2]
    assert laws["value"].tolist() == pytest.approx([1.0, 0.0])
    assert laws["n"].tolist() == [2, 2]
    assert fit_each(runs[5:], "hidden", ["m0"], by="units").empty
