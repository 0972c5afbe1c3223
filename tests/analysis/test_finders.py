from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.finders import (
    divide,
    find_estimate,
    find_excess,
    find_inverse,
    find_least,
    find_most,
)
from bioplast.analysis.statistics import estimate_median
from bioplast.analysis.verdict import NOTHING, REPRODUCED, UNDECIDED, Finding, judge
from bioplast.loading import load_module

MORE = load_module("experiment", "claims", Path(__file__).parents[2]).MORE
MEDIANS = pd.DataFrame(
    {
        "kind": ["median"] * 4 + ["run"],
        "hidden": [100, 10, 1000, 3000, 10],
        "m0": [2.0, 8.0, 6.0, None, 0.1],
        "m0 low": [1.0, 7.0, 5.0, None, None],
        "m0 high": [4.0, 9.0, None, None, None],
        "n": [3, 3, 2, 3, None],
    }
)
TABLE = pd.DataFrame(
    {
        "saving": [2.0, 5.0, None],
        "saving low": [1.0, 4.0, None],
        "saving high": [3.0, 6.0, None],
        "n": [3, 3, 0],
    }
)


def module(**tables):
    """A file of an experiment whose functions give tables."""
    return SimpleNamespace(**{name: lambda data, *more, table=table: table for name, table in tables.items()})


def test_a_ratio_reaches_as_far_as_both_intervals_allow():
    assert divide(Finding(8, 6, 10, 3), Finding(2, 1, 4, 5)) == Finding(4, 1.5, 10, 3)


def test_the_least_is_the_lowest_median():
    assert find_least("m0")(None, MEDIANS) == Finding(2.0, 1.0, 4.0, 3)
    assert find_least("m0")(None, MEDIANS[4:]) == NOTHING


def test_excess_is_over_the_least_at_either_end_that_is_known():
    smallest = find_excess("m0", "hidden", 0)(None, MEDIANS)
    assert (smallest.value, smallest.low, smallest.high) == (4.0, 7 / 4, 9.0)
    assert find_excess("m0", "hidden", -1)(None, MEDIANS[:3]).value == 3.0
    assert_at_the_edge(find_excess("m0", "hidden", 0)(None, MEDIANS[:1]))
    assert find_excess("m0", "hidden", 0)(None, MEDIANS[4:]) == NOTHING


def test_what_runs_had_spent_that_gave_up_bounds_the_excess():
    spent = pd.DataFrame({"kind": ["run"] * 3, "hidden": [3000] * 3, "m0": [30.0, 20.0, 24.0]})
    found = find_excess("m0", "hidden", -1)(None, pd.concat([MEDIANS, spent]))
    assert np.isnan(found.value)
    assert np.isnan(found.high)
    assert (found.low, found.n) == (20 / 4, 3)
    assert judge(found, MORE).verdict == REPRODUCED
    # Nothing is known of what they had spent.
    assert judge(find_excess("m0", "hidden", -1)(None, MEDIANS), MORE).verdict == UNDECIDED


def test_the_least_and_excess_may_be_those_of_some_rows():
    where = {"hidden": 10}
    assert find_least("m0", where)(None, MEDIANS).value == 8.0
    assert_at_the_edge(find_excess("m0", "hidden", -1, {"n": 3})(None, MEDIANS[:3]))


def assert_at_the_edge(found):
    """What is cheapest at the edge of what was tried may be cheaper beyond it, so that nothing is decided."""
    assert (found.value, found.low, found.n) == (1.0, 1.0, 3)
    assert np.isnan(found.high)
    assert judge(found, MORE).verdict == UNDECIDED


def test_the_most_is_the_highest_row_of_a_table():
    find = find_most("find_optima", "saving")
    assert find(module(find_optima=TABLE), None) == Finding(5.0, 4.0, 6.0, 3)
    assert find(module(find_optima=TABLE[2:]), None) == NOTHING


def test_an_estimate_and_an_inverse():
    estimate = module(compare=estimate_median([1.0, 2.0, 4.0]))
    assert find_estimate("compare")(estimate, None) == Finding(2.0, 1.0, 4.0, 3)
    inverse = find_inverse(find_estimate("compare"))(estimate, None)
    assert (inverse.value, inverse.low, inverse.high) == pytest.approx((0.5, 0.25, 1.0))
