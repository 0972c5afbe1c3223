import pandas as pd

from bioplast.figures.seeds import plot_seeds
from bioplast.figures.style import BLUE, Look, make_figure


def test_a_marker_a_seed_around_the_place_and_a_bar_at_the_median():
    rows = pd.DataFrame({"kind": ["run", "run", "run", "median"], "y": [1.0, 2.0, 4.0, 2.0]})
    ax = plot_seeds(rows, make_figure(85, 60).subplots(), "y", Look(BLUE, "s"), place=3)
    *markers, bar = ax.lines
    assert [line.get_ydata()[0] for line in markers] == [1.0, 2.0, 4.0]
    left, middle, right = (line.get_xdata()[0] for line in markers)
    assert left < middle == 3 < right
    assert list(bar.get_ydata()) == [2.0, 2.0]
    assert {line.get_color() for line in ax.lines} == {BLUE}
