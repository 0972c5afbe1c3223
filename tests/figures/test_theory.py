import pandas as pd
import pytest

from bioplast.figures.style import make_figure, make_looks
from bioplast.figures.theory import plot_theory

DATA = pd.DataFrame(
    [
        ("a", "theory", 3.0, 2.0),
        ("a", "theory", 1.0, 5.0),
        ("a", "best", 2.5, None),
        ("a", "run", 1.0, 9.0),
        ("b", "run", 1.0, 9.0),
    ],
    columns=["label", "kind", "threshold", "energy"],
).astype({"energy": float})


@pytest.fixture
def ax():
    axes = make_figure(85, 60).subplots()
    return plot_theory(DATA, axes, "energy", make_looks("ab"), over="threshold")


def test_theory_is_a_broken_line_and_what_was_measured_is_not_drawn(ax):
    lines = [line.get_xydata().tolist() for line in ax.lines if line.get_linestyle() == "--"]
    assert lines == [[[1.0, 5.0], [3.0, 2.0]], []]


def test_the_best_setting_is_a_tick_at_the_bottom(ax):
    (tick,) = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert list(tick.get_xdata()) == [2.5, 2.5]
    assert list(tick.get_ydata()) == [0, 0.06]
