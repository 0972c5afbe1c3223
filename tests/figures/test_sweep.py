import pandas as pd
import pytest

from bioplast.figures.labels import LABELS
from bioplast.figures.style import make_figure, make_looks
from bioplast.figures.sweep import plot_sweep

DATA = pd.DataFrame(
    [
        ("a", "run", True, 10, 1.0),
        ("a", "run", False, 30, 7.0),
        ("a", "median", None, 30, None),
        ("a", "median", None, 10, 1.0),
        ("b", "run", True, 10, 4.0),
        ("b", "median", None, 10, 4.0),
    ],
    columns=["label", "kind", "converged", "hidden", "m0"],
).astype({"m0": float})


@pytest.fixture
def ax():
    return plot_sweep(DATA, make_figure(85, 60).subplots(), make_looks("ab"), quantity="m0", over="hidden")


def test_every_run_is_a_marker_and_those_that_gave_up_are_open(ax):
    marks = {
        (x, y): line.get_markerfacecolor()
        for line in ax.lines
        if line.get_linestyle() == "None"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    assert set(marks) == {(10, 1.0), (30, 7.0), (10, 4.0)}
    assert [place for place, face in marks.items() if face == "white"] == [(30, 7.0)]


def test_medians_are_a_line_in_the_order_of_the_setting(ax):
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [10, 30]
    assert line.get_ydata()[0] == 1.0


def test_axes_are_logarithmic_and_labeled_and_every_label_is_in_the_legend(ax):
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == (LABELS["hidden"], LABELS["m0"])
    assert ax.get_legend_handles_labels()[1] == ["a", "b"]
