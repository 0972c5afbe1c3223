import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.statistics import (
    bound_savings,
    compute_coverage,
    compute_savings,
    estimate_between,
    estimate_median,
)


def test_median_leaves_out_nan():
    estimate = estimate_median([4.0, np.nan, 1.0, 2.0])
    assert (estimate.median, estimate.n) == (2.0, 3)


def test_interval_of_a_few_seeds_spans_all_of_them():
    estimate = estimate_median([5.0, 7.0, 6.0])
    assert (estimate.low, estimate.high) == (5.0, 7.0)


def test_interval_of_many_values_is_narrower_than_the_values_and_holds_the_median():
    values = np.random.default_rng(1).normal(10, 1, 200)
    estimate = estimate_median(values)
    assert values.min() < estimate.low < estimate.median < estimate.high < values.max()
    # The standard error of the median of a normal sample is 1.25 sd / sqrt(n): 0.089 here.
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * 0.089, rel=0.4)


def test_interval_is_the_same_every_time():
    values = np.arange(20.0)
    assert estimate_median(values) == estimate_median(values)


def test_one_value_has_no_interval_and_none_has_no_median():
    one, none = estimate_median([3.0]), estimate_median([np.nan])
    assert one.median == 3.0
    assert np.isnan([one.low, one.high, none.median, none.low, none.high]).all()
    assert (one.n, none.n) == (1, 0)


@pytest.mark.parametrize("n", [2, 5, 6, 10, 25])
def test_intervals_hold_the_median_as_often_as_they_say(n):
    draws = np.random.default_rng(n).exponential(size=(4000, n))
    estimates = [estimate_median(values) for values in draws]
    held = np.mean([estimate.low <= np.log(2) <= estimate.high for estimate in estimates])
    coverage = compute_coverage(n)
    assert coverage >= 0.95 or n < 6
    assert estimates[0].coverage == coverage
    # Four standard errors of a share of 4,000.
    assert held == pytest.approx(coverage, abs=4 * np.sqrt(coverage * (1 - coverage) / 4000))


def test_a_censored_value_leaves_the_median_where_it_can_be_told():
    low = estimate_between([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, np.inf, np.inf])
    assert (low.median, low.low, low.high) == (3.0, 1.0, np.inf)
    unknown = estimate_between([1.0, 2.0, 3.0, 4.0], [1.0, np.inf, np.inf, 4.0])
    assert np.isnan(unknown.median)
    assert (unknown.low, unknown.high) == (1.0, np.inf)


def make_runs(rows):
    return pd.DataFrame(rows, columns=["model", "rule", "seed", "converged", "m0"])


def test_savings_are_against_plain_on_the_same_seed_of_the_same_model():
    runs = make_runs(
        [
            ("ann", "largest(0.1)", 1, True, 10),
            ("ann", "plain", 2, True, 300),
            ("ann", "plain", 1, True, 100),
            ("ann", "largest(0.1)", 2, True, 60),
            ("rate", "plain", 1, True, 800),
            ("rate", "largest(0.1)", 1, True, 100),
        ]
    )
    assert compute_savings(runs, "m0").tolist() == [10.0, 1.0, 1.0, 5.0, 1.0, 8.0]


def test_no_saving_is_known_where_a_run_did_not_converge_or_plain_is_missing():
    runs = make_runs(
        [
            ("ann", "plain", 1, False, 100),
            ("ann", "above(1.0)", 1, True, 10),
            ("ann", "plain", 2, True, 100),
            ("ann", "above(1.0)", 2, False, 10),
            ("ann", "above(1.0)", 3, True, 10),
        ]
    )
    savings = compute_savings(runs, "m0")
    assert savings.isna().tolist() == [True, True, False, True, True]


def test_savings_keep_the_index_of_the_runs():
    runs = make_runs([("ann", "plain", 1, True, 4), ("ann", "x", 1, True, 2)]).set_index(pd.Index([7, 3]))
    assert compute_savings(runs, "m0").to_dict() == {7: 1.0, 3: 2.0}


def test_savings_are_bounded_where_a_run_missed_the_goal():
    runs = make_runs(
        [
            ("ann", "plain", 1, True, 100),
            ("ann", "x", 1, True, 10),
            ("ann", "plain", 2, True, 100),
            ("ann", "x", 2, False, 20),
            ("ann", "plain", 3, False, 90),
            ("ann", "x", 3, True, 30),
            ("ann", "y", 3, False, 30),
            ("ann", "x", 4, True, 30),
        ]
    ).set_index(pd.Index(range(10, 18)))
    savings = bound_savings(runs, "m0")
    assert savings["least"].tolist()[:7] == [1.0, 10.0, 1.0, 0.0, 1.0, 3.0, 0.0]
    assert savings["most"].tolist()[:7] == [1.0, 10.0, 1.0, 5.0, 1.0, np.inf, np.inf]
    assert savings.loc[17].isna().all()
    assert savings.index.tolist() == runs.index.tolist()
