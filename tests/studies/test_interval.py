import numpy as np
import pandas as pd

from bioplast.studies.interval import name_columns, say, spread, unfold


def test_what_is_spread_can_be_unfolded():
    row = pd.Series({"kind": "x"} | spread("m0", 2.0, 1.0, 3.0) | spread("m1", 5.0, 4.0, 6.0))
    table = unfold(row, ["m1", "m0"])
    assert table.loc["m0"].to_dict() == {"value": 2.0, "low": 1.0, "high": 3.0}
    assert table.loc["m1"].tolist() == [5.0, 4.0, 6.0]
    assert name_columns(["m0", "m1"]) == row.index[1:].tolist()


def test_an_interval_that_is_not_known_is_not_said():
    assert say(pd.Series({"value": 2.0, "low": np.nan, "high": np.nan})) == "2"
    assert say(pd.Series({"value": 2.0, "low": 1.0, "high": 30.0})) == "2 (1 to 30)"
