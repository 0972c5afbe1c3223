import math

import pandas as pd
import pytest

from bioplast.analysis.totals import compare_totals, find_paying_price


def test_a_rule_that_saves_writes_and_samples_pays_at_any_price():
    assert find_paying_price({"spent": 8, "m0": 1}, {"spent": 10, "m0": 5}) == 0


def test_a_rule_that_saves_no_writes_never_pays():
    assert math.isnan(find_paying_price({"spent": 8, "m0": 5}, {"spent": 10, "m0": 5}))


def test_totals_are_relative_to_plain_on_the_same_seed():
    runs = pd.DataFrame(
        {
            "label": ["plain", "a", "a"],
            "rule": ["plain", "a", "a"],
            "seed": [1, 1, 2],
            "m0": [10, 2, 1],
            "spent": [10, 20, 1],
        }
    )
    totals = compare_totals(runs, [1, 5])
    assert set(totals["seed"]) == {1}
    lines = totals[totals["panel"] == "total"].set_index(["label", "price"])["total"]
    assert lines["plain"].tolist() == [1, 1]
    assert lines["a"].tolist() == pytest.approx([22 / 20, 30 / 60])
    assert totals.loc[totals["panel"] == "paying", "price"].tolist() == [10 / 8]
