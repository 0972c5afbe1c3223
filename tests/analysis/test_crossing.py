import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.crossing import find_crossings, tabulate_crossings


def test_a_level_between_two_evaluations_is_read_in_proportion():
    assert find_crossings([0.5, 0.9], [100, 200], [0.6, 0.9]) == pytest.approx([125, 200])


def test_the_first_crossing_counts_even_if_accuracy_falls_again():
    assert find_crossings([0.5, 0.9, 0.6, 0.95], [1, 2, 3, 4], [0.9])[0] == 2


def test_what_was_never_reached_or_before_the_first_evaluation_is_nan():
    crossings = find_crossings([0.8, 0.9], [1, 2], [0.7, 0.85, 0.99])
    assert np.isnan(crossings).tolist() == [True, False, True]


def test_evaluations_without_an_accuracy_are_passed_over():
    assert find_crossings([0.5, np.nan, 0.9], [1, 2, 3], [0.7])[0] == pytest.approx(2)


def test_table_has_a_row_per_run_and_level_and_says_who_got_there():
    course = pd.DataFrame(
        {
            "label": "plain",
            "seed": [1, 1, 2, 2],
            "validation": [0.5, 0.9, 0.5, 0.7],
            "m0": [10, 20, 10, 30],
        }
    )
    table = tabulate_crossings(course, ["label", "seed"], ["m0"], [0.6, 0.8])
    assert table["seed"].tolist() == [1, 1, 2, 2]
    assert table["m0"].tolist()[:3] == pytest.approx([12.5, 17.5, 20])
    assert table["converged"].tolist() == [True, True, True, False]
    assert np.isnan(table["m0"].iloc[3])
