import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.ratios import compare_runs, tabulate_ratios


@pytest.fixture
def runs():
    """Plain takes 100 writes and 10 samples; x 20 writes in 20 samples, but that seed 3 gave up."""
    rows = [
        (rule, seed, (rule, seed) != ("x", 3), m0, samples, m0 / 10, 0.95)
        for rule, m0, samples in (("plain", 100, 10), ("x", 20, 20))
        for seed in (1, 2, 3)
    ]
    names = ["rule", "seed", "converged", "m0", "samples", "m1", "test"]
    return pd.DataFrame(rows, columns=names)


def test_energies_are_times_less_and_samples_times_more(runs):
    writes = compare_runs(runs, "m0", ["seed"])
    samples = compare_runs(runs, "samples", ["seed"])
    assert writes["ratio"].tolist() == [1, 1, 1, 5, 5, 5]
    assert samples["ratio"].tolist() == [1, 1, 1, 2, 2, 2]
    assert writes["is_known"].tolist() == samples["is_known"].tolist() == [True] * 5 + [False]
    assert writes.loc[5, ["least", "most"]].tolist() == [0, 5]
    assert samples.loc[5, ["least", "most"]].tolist() == [2, np.inf]


def test_a_row_a_cell_with_ratios_their_intervals_and_what_these_cover(runs):
    row = tabulate_ratios(runs, ["rule"], ["seed"]).set_index("rule").loc["x"]
    assert row[["reached", "m0", "samples", "m1", "test"]].tolist() == ["2/3", 20, 20, 2, 0.95]
    assert row[["m0 saving low", "m0 saving", "m0 saving high"]].tolist() == [0, 5, 5]
    assert row[["n", "coverage"]].tolist() == [3, 0.75]
