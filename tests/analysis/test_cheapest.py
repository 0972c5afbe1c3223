import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.cheapest import find_cheapest

# Curve b: at 2 the median counts the run that did not get there, and 3 was never reached.
RUNS = pd.DataFrame(
    [("a", 1, energy, True) for energy in (0.5, 0.6)]
    + [("a", 2, energy, True) for energy in (0.2, 0.3)]
    + [("a", 3, energy, True) for energy in (0.8, 1.0)]
    + [("b", 1, 0.5, True), ("b", 1, 0.4, True), ("b", 1, 0.1, False)]
    + [("b", 2, 0.3, True), ("b", 2, 0.01, False), ("b", 2, 0.01, False)]
    + [("b", 3, 0.01, False)] * 3,
    columns=["label", "threshold", "energy", "converged"],
)


@pytest.fixture(scope="module")
def cheapest():
    return find_cheapest(RUNS, ["label"], "threshold", "energy").set_index("label")


def test_the_lowest_median_is_found_with_what_is_saved_there(cheapest):
    row = cheapest.loc["a"]
    assert (row["threshold"], row["n"], row["is_inside"]) == (2, 2, True)
    assert row["saving"] == pytest.approx((1 / 0.2 + 1 / 0.3) / 2)
    assert (row["saving low"], row["saving high"]) == (pytest.approx(1 / 0.3), pytest.approx(5))
    assert row["left"] == pytest.approx(0.55 / 0.25)
    assert row["right"] == pytest.approx(0.9 / 0.25)


def test_runs_that_did_not_get_there_count_as_dearer_and_save_nothing(cheapest):
    row = cheapest.loc["b"]
    assert (row["threshold"], row["n"]) == (1, 2)
    assert row["saving"] == pytest.approx((2 + 2.5) / 2)
    assert np.isinf(row["right"])
    assert not row["is_inside"]
