import pandas as pd
import pytest
from matplotlib.figure import Figure

from bioplast.figures.levels import plot_asked
from bioplast.figures.style import make_looks


def test_every_tick_stands_where_its_label_says():
    data = pd.DataFrame(
        {"label": "plain", "kind": "run", "seed": 1, "asked": [0.86, 0.975], "m0": [1.0, 9.0]}
    )
    figure = Figure()
    ax = plot_asked(data, figure.subplots(), "m0", make_looks(["plain"]))
    figure.draw_without_rendering()
    ticks = ax.xaxis.get_major_ticks()
    assert len(ticks) > 3
    for tick in ticks:
        assert float(tick.label1.get_text()) == pytest.approx(100 * tick.get_loc())
