import numpy as np
import pandas as pd

from bioplast.analysis.estimates import estimate_by


def test_a_row_a_group_in_their_order_without_nan():
    rows = pd.DataFrame({"rule": ["b", "b", "b", "a"], "x": [1.0, 3.0, np.nan, 7.0]})
    found = estimate_by(rows, "x", "rule")
    assert list(found.index) == ["b", "a"]
    assert found.loc["b"].tolist() == [2, 1, 3, 2]
    assert np.isnan(found.loc["a", ["low", "high"]]).all()


def test_no_rows_have_no_estimates():
    assert len(estimate_by(pd.DataFrame({"rule": [], "x": []}), "x", "rule")) == 0
