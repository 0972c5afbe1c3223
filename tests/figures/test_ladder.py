import numpy as np
import pandas as pd
import pytest

from bioplast.figures.ladder import frame_rungs, plot_rungs
from bioplast.figures.style import Look, make_figure

RUNGS = ("upper", "lower")


@pytest.fixture
def data():
    return pd.DataFrame(
        {
            "rung": ["upper", "upper", "lower", "lower", "lower"],
            "kind": ["run", "run", "median", "run", "run"],
            "converged": [True, False, None, True, True],
            "m0": [1.0, 2.0, 5.0, 4.0, np.nan],
        }
    )


def test_markers_and_bars_stand_on_their_rung(data):
    ax = plot_rungs(data, make_figure(80, 60).subplots(), "m0", Look("black", "o"), RUNGS, offset=0.2)
    markers = [line for line in ax.lines if line.get_linestyle() == "None"]
    (bar,) = [line for line in ax.lines if line.get_linestyle() != "None"]
    assert [line.get_xdata()[0] for line in markers] == [1.0, 2.0, 4.0]
    places = [line.get_ydata()[0] for line in markers]
    assert round(np.mean(places[:2]), 12) == 0.2
    assert places[2] == 1.2
    assert len(set(places)) == 3
    assert [line.get_markerfacecolor() for line in markers] == ["black", "white", "black"]
    assert list(bar.get_xdata()) == [5.0, 5.0]
    assert np.mean(bar.get_ydata()) == pytest.approx(1.2)


@pytest.mark.parametrize(("named", "names"), [(True, list(RUNGS)), (False, ["", ""])])
def test_first_rung_is_at_the_top(named, names):
    ax = frame_rungs(make_figure(80, 60).subplots(), RUNGS, named=named)
    assert ax.yaxis_inverted()
    assert [label.get_text() for label in ax.get_yticklabels()] == names
    assert ax.get_xscale() == "log"
