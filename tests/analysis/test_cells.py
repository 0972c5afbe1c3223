import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.cells import (
    Cells,
    compare_with_plain,
    compute_medians,
    count_reached,
    say_seeds,
    stack,
    with_medians,
)

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
    # Seeds 1 and 3: 10 / 5 and 20 / 2; seed 2 missed the goal, so it is between nothing and 30 / 6.
    row = table.loc["largest(0.1)"]
    assert row[["n", "m0", "m0 low", "m0 high"]].tolist() == [3, 2.0, 0.0, 10.0]
    # Between nothing and 10 / 6, and 30 / 7.
    assert table.loc["random(0.1)", ["m0", "m0 high"]].tolist() == [15 / 7, 30 / 7]


def test_a_saving_has_no_upper_bound_where_plain_learning_missed_the_goal():
    runs = RUNS.assign(converged=RUNS["converged"] & (RUNS["rule"] != "plain"))
    table = compare_with_plain(runs, ["rule"], ["m0"], pairs=["hidden", "seed"]).set_index("rule")
    assert table.loc["largest(0.1)", ["m0", "m0 high"]].tolist() == [2.0, np.inf]


def test_seeds_are_counted_over_all_cells():
    assert say_seeds(pd.DataFrame({"n": [1]})) == "n = 1 seed"
    assert say_seeds(pd.DataFrame({"n": [2, 2]})) == "n = 2 seeds"


def test_the_simplest_analysis_has_runs_their_medians_and_what_is_derived(make_run):
    runs = [make_run(hidden=hidden, seed=seed, m0=hidden * seed) for hidden in (10, 20) for seed in (1, 2, 3)]
    columns = {"each": lambda frame: frame["m0"] / frame["hidden"], "double": lambda frame: 2 * frame["each"]}
    data = Cells(["hidden"], ["m0", "double"], columns=columns)(runs)
    assert data["kind"].tolist() == ["run"] * 6 + ["median"] * 2
    medians = data[data["kind"] == "median"].set_index("label")
    assert medians["m0"].to_dict() == {"10": 20, "20": 40}
    assert medians["double"].tolist() == [4, 4]
    assert medians["reached"].tolist() == [3, 3]


def test_accuracies_count_whether_or_not_a_run_got_there(make_run):
    cells = [(rule, seed) for rule in ("plain", "lazy") for seed in (1, 2, 3)]
    runs = [make_run(rule=rule, seed=seed, converged=seed == 1) for rule, seed in cells]
    for number, run in enumerate(runs):
        run.record["accuracy"]["test"] = 0.9 + number / 100
    medians = Cells(["rule"], ["m0"], ["test"])(runs).query("kind == 'median'").set_index("rule")
    assert medians["m0"].isna().all()
    assert medians["test"].to_dict() == pytest.approx({"plain": 0.91, "lazy": 0.94})
    assert medians.loc["lazy", ["test low", "test high"]].tolist() == pytest.approx([0.93, 0.95])


def test_a_label_of_one_s_own_is_kept(make_run):
    columns = {"label": lambda frame: "N = " + frame["hidden"].astype(str)}
    data = Cells(["label", "hidden"], ["m0"], columns=columns)([make_run(hidden=7)])
    assert set(data["label"]) == {"N = 7"}
    assert list(data.columns[:3]) == ["kind", "label", "hidden"]


def test_tables_are_stacked_with_the_columns_asked_for():
    parts = [pd.DataFrame({"seed": [1, 2], "x": [0.5, 1.5], "y": "a"}), pd.DataFrame({"k": [3], "x": [7]})]
    data = stack(parts, ["x", "seed", "k", "n"], whole=["k"])
    assert list(data.columns) == ["x", "seed", "k", "n"]
    assert data["x"].tolist() == [0.5, 1.5, 7]
    assert data.dtypes[["seed", "k", "n"]].astype(str).tolist() == ["Int64"] * 3
    assert data["k"].isna().tolist() == [True, True, False]


def test_a_table_of_medians_says_how_many_got_there(make_run):
    runs = [make_run(rule="plain", seed=seed, converged=seed < 3) for seed in (1, 2, 3)]
    data = Cells(["rule"], ["m0"])(runs)
    (row,) = count_reached(data).to_dict("records")
    assert (row["rule"], row["reached"], row["m0"]) == ("plain", "2/3", 100)
    assert "label" not in row
    assert list(count_reached(data, ["label", "m0"]).columns) == ["label", "m0"]


def test_what_has_no_medians_is_a_table_as_it_is():
    data = pd.DataFrame({"x": [1]})
    assert count_reached(data) is data
