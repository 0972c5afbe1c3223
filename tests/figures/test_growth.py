"""Cost against size."""

import pandas as pd
import pytest

from bioplast.figures.growth import plot_growth
from bioplast.figures.style import make_figure, make_looks


def test_lines_go_through_the_numbers_and_the_guide_through_the_last():
    data = pd.DataFrame({"label": ["a", "a", "b"], "hidden": [1000, 10, 10], "cost": [50.0, 2.0, 7.0]})
    ax = make_figure(80, 60).subplots()
    assert plot_growth(data, ax, "cost", make_looks(data["label"]), label="Cost (s)") is ax
    guide, first, second = ax.lines
    assert list(guide.get_xdata()) == pytest.approx([40.0, 1000.0])
    assert list(guide.get_ydata()) == pytest.approx([2.0, 50.0])
    assert list(first.get_xdata()) == [10, 1000]
    assert list(first.get_ydata()) == [2.0, 50.0]
    assert list(second.get_ydata()) == [7.0]
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_ylabel()) == ("log", "log", "Cost (s)")
