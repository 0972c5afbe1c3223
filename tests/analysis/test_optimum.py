import numpy as np
import pytest

from bioplast.analysis.optimum import conclude_optimum, find_optimum


def test_the_lowest_median_is_found_with_what_the_ends_cost_more():
    optimum = find_optimum([10, 10, 100, 100, 1000, 1000], [8.0, 10.0, 2.0, 4.0, 5.0, 7.0])
    assert (optimum.place, optimum.lowest, optimum.left, optimum.right) == (100.0, 3.0, 3.0, 2.0)
    assert (optimum.low, optimum.high) == (100.0, 100.0)
    assert optimum.is_inside


def test_the_interval_holds_every_place_that_may_be_the_lowest():
    rng = np.random.default_rng(5)
    places = np.repeat([1, 2, 3, 4], 5)
    costs = np.array([9.0, 5.0, 5.0, 9.0])[places - 1] + rng.normal(0, 0.5, places.size)
    optimum = find_optimum(places, costs)
    assert (optimum.low, optimum.high, optimum.is_inside) == (2.0, 3.0, True)


@pytest.mark.parametrize(("costs", "place"), [([1.0, 2.0, 3.0], 1.0), ([3.0, 2.0, 1.0], 3.0)])
def test_a_lowest_cost_at_an_end_is_no_optimum_inside(costs, place):
    optimum = find_optimum([1, 2, 3], costs)
    assert optimum.place == place
    assert not optimum.is_inside


def test_runs_that_did_not_get_there_are_dearer_than_any():
    optimum = find_optimum([1, 1, 2, 2, 3, 3], [np.inf, 1.0, 5.0, 6.0, 7.0, 8.0])
    assert (optimum.place, optimum.left, optimum.is_inside) == (2.0, np.inf, False)


def test_without_a_run_that_got_there_nothing_is_known():
    optimum = find_optimum([1, 2], [np.inf, np.inf])
    assert np.isnan([optimum.place, optimum.low, optimum.high, optimum.lowest]).all()
    assert not optimum.is_inside


def test_the_cheapest_place_is_a_conclusion():
    row = conclude_optimum("m0", [1, 2, 3], [5.0, 4.0, 8.0])
    assert row == {"quantity": "m0", "value": 2.0, "low": 2.0, "high": 2.0, "n": 3, "is_inside": True}
