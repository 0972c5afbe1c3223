import numpy as np
import pandas as pd

from bioplast.analysis.cells import compare_with_plain, compute_medians, say_seeds, with_medians

RUNS = pd.DataFrame(
    [
        ("plain", 100, 1, True, 10.0),
        ("plain", 100, 2, True, 30.0),
        ("plain", 100, 3, True, 20.0),
        ("largest(0.1)", 100, 1, True, 5.0),
        ("largest(0.1)", 100, 2, False, 6.0),
        ("largest(0.1)", 100, 3, True, 2.0),
        ("random(0.1)", 100, 1, False, 6.0),
        ("random(0.1)", 100, 2, True, 7.0),
    ],
    columns=["rule", "hidden", "seed", "converged", "m0"],
)
NAMES = ["rule", "m0", "m0 low", "m0 high", "reached", "n"]


def test_medians_of_cells_that_all_got_there_have_an_interval():
    row = compute_medians(RUNS, ["rule", "hidden"], ["m0"]).iloc[0]
    assert row[NAMES].tolist() == ["plain", 20.0, 10.0, 30.0, 3, 3]


def test_a_run_that_did_not_get_there_is_dearer_than_any():
    medians = compute_medians(RUNS, ["rule"], ["m0"]).set_index("rule")
    assert medians.loc["largest(0.1)", "m0"] == 5.0
    assert medians.loc["largest(0.1)", "m0 low"] == 2.0
    assert np.isnan(medians.loc["largest(0.1)", "m0 high"])
    assert medians.loc["largest(0.1)", "reached"] == 2


def test_there_is_no_median_where_half_of_the_runs_did_not_get_there():
    medians = compute_medians(RUNS, ["rule"], ["m0"]).set_index("rule")
    assert medians.loc["random(0.1)", ["m0", "m0 low", "m0 high"]].isna().all()


def test_medians_stand_below_the_runs():
    both = with_medians(RUNS, ["rule"], ["m0"])
    assert both["kind"].tolist() == ["run"] * 8 + ["median"] * 3


def test_savings_are_medians_over_pairs_of_the_same_seed():
    table = compare_with_plain(RUNS, ["rule"], ["m0"], pairs=["hidden", "seed"]).set_index("rule")
    assert table.index.tolist() == ["largest(0.1)", "random(0.1)"]
    # Seeds 1 and 3: 10 / 5 and 20 / 2.
    row = table.loc["largest(0.1)"]
    assert row[["n", "m0", "m0 low", "m0 high"]].tolist() == [2, 6.0, 2.0, 10.0]
    assert table.loc["random(0.1)", "m0"] == 30 / 7


def test_seeds_are_counted_over_all_cells():
    assert say_seeds(pd.DataFrame({"n": [1]})) == "n = 1 seed"
    assert say_seeds(pd.DataFrame({"n": [2, 2]})) == "n = 2 seeds"
