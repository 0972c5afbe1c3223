import numpy as np
import pandas as pd

from bioplast.analysis.interval import (
    conclude,
    conclude_median,
    name_columns,
    pick,
    say,
    say_each,
    spread,
    unfold,
)
from bioplast.analysis.statistics import Estimate


def test_a_quantity_has_three_columns():
    assert list(spread("m0", 2.0, 1.0, 3.0).items()) == [("m0", 2.0), ("m0 low", 1.0), ("m0 high", 3.0)]
    row = pd.Series(spread("m0", 2.0, 1.0, 3.0))
    assert unfold(row, ["m0"]).loc["m0"].to_dict() == {"value": 2.0, "low": 1.0, "high": 3.0}
    assert name_columns(["m0", "m1"])[3:] == ["m1", "m1 low", "m1 high"]


def test_conclusions_are_picked_by_kind_and_told_apart_by_quantity():
    data = pd.DataFrame(
        [
            {"kind": "exponent"} | conclude("m1", 0.5, 0.4, 0.6, 9),
            {"kind": "exponent"} | conclude_median("m0", Estimate(1.0, 0.9, 1.1, 8)),
            {"kind": "saving"} | conclude("m0", 7.0, 6.0, 8.0, 7),
        ]
    )
    table = pick(data, "exponent")
    assert table.loc["m0"].to_dict() == {"value": 1.0, "low": 0.9, "high": 1.1, "n": 8}
    assert table.index.tolist() == ["m1", "m0"]
    assert say_each(table, ".1f") == "M1 0.5 (0.4 to 0.6), M0 1.0 (0.9 to 1.1)"


def test_what_is_not_known_is_not_said():
    assert say(pd.Series({"value": 2.0, "low": np.nan, "high": np.nan})) == "2"
    assert say(pd.Series({"value": np.nan, "low": np.nan, "high": np.nan})) == "not known"
    assert say(pd.Series({"value": 2.0, "low": 1.0, "high": 30.0})) == "2 (1 to 30)"
