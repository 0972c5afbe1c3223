import numpy as np
import pandas as pd
import pytest

from bioplast.analysis.survival import compute_survival, say_survival


@pytest.fixture
def survival():
    """Savings of 8, 4, and one that is only known to be above 1, each rung on the one before."""
    rows = [
        ("ann", "ann", 8.0, 6.0, 9.0),
        ("rate", "ann", 4.0, 3.0, 5.0),
        ("lost", "rate", np.nan, 1.0, np.inf),
    ]
    data = pd.DataFrame(rows, columns=["rung", "base", "m0 saving", "m0 saving low", "m0 saving high"])
    restricted = data.assign(kind="median", label="local", reached=4, n=5)
    return compute_survival(pd.concat([restricted, restricted.assign(label="plain")]), "plain", "ann")


def test_what_is_kept_is_of_the_rung_it_stands_on_and_what_is_left_of_the_first(survival):
    assert survival["rung"].tolist() == ["ann", "rate", "lost"]
    np.testing.assert_array_equal(survival["kept"], [np.nan, 0.5, np.nan])
    np.testing.assert_array_equal(survival["left"], [1.0, 0.5, np.nan])


def test_sentence_says_bounds_where_nothing_more_is_known(survival):
    assert say_survival("rate", survival.iloc[[1]]) == "rate: local 4 (3 to 5; 4 of 5, 50 %)."
    assert say_survival("lost", survival.iloc[[2]]) == "lost: local at least 1 (4 of 5)."
    unknown = survival.iloc[[2]].assign(low=0.0)
    assert say_survival("lost", unknown) == "lost: local not known (4 of 5)."
