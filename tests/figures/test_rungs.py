import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bioplast.figures.rungs import plot_rungs
from bioplast.figures.style import BLACK, BLUE, Look

LOOKS = {"plain": Look(BLACK, "o"), "local": Look(BLUE, "s")}


@pytest.mark.parametrize("quantity", ["m0", "m0 saving"])
def test_rungs_lie_below_each_other_and_what_is_not_known_is_open(quantity):
    rows = [("ann", "plain", 4.0, True), ("ann", "local", 2.0, True), ("rate", "local", 3.0, False)]
    data = pd.DataFrame(rows, columns=["rung", "label", quantity, "known"]).assign(kind="run", converged=True)
    ax = Figure().subplots()
    plot_rungs(data, ax, LOOKS, quantity=quantity, rungs=["ann", "rate"], named=True)
    drawn = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert [line.get_xdata()[0] for line in drawn] == [4.0, 2.0, 3.0]
    places = np.array([line.get_ydata()[0] for line in drawn])
    np.testing.assert_array_equal(places.round(), [0, 0, 1])
    assert np.unique(places).size == 3
    is_open = [line.get_markerfacecolor() == "white" for line in drawn]
    assert is_open == [False, False, quantity == "m0 saving"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ann", "rate"]
