import numpy as np
import pandas as pd
import pytest

from bioplast.figures.accuracy import plot_accuracy_against_energy
from bioplast.figures.style import make_figure, make_looks

DATA = pd.DataFrame(
    [
        ("plain", 1, True, 0.5, 10.0),
        ("plain", 1, True, 0.9, 100.0),
        ("plain", 2, False, 0.4, 20.0),
        ("plain", 2, False, 1.0, 300.0),
        ("largest(0.1)", 1, True, 0.95, 5.0),
    ],
    columns=["label", "seed", "converged", "online", "m0"],
)


@pytest.fixture
def ax():
    looks = make_looks(DATA["label"])
    return plot_accuracy_against_energy(DATA, make_figure(85, 60).subplots(), "m0", looks, goal=0.95)


def test_every_run_is_a_line_of_its_evaluations(ax):
    lines = [line for line in ax.lines if line.get_marker() == "None"][1:]  # the first is the goal
    drawn = [(list(line.get_xdata()), list(line.get_ydata())) for line in lines]
    assert drawn == [([10.0, 100.0], [0.5, 0.9]), ([20.0, 300.0], [0.4, 1.0]), ([5.0], [0.95])]


def test_a_marker_ends_every_run_and_is_open_where_it_gave_up(ax):
    ends = [line for line in ax.lines if line.get_marker() != "None"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in ends] == [
        (100.0, 0.9),
        (300.0, 1.0),
        (5.0, 0.95),
    ]
    assert [line.get_markerfacecolor() == "white" for line in ends] == [False, True, False]


def test_the_goal_is_a_line_across(ax):
    assert list(ax.lines[0].get_ydata()) == [0.95, 0.95]


def test_halving_the_errors_is_the_same_distance_everywhere(ax):
    heights = ax.transData.transform([(10.0, accuracy) for accuracy in (0.6, 0.8, 0.9, 0.95)])[:, 1]
    assert np.diff(heights) == pytest.approx(np.diff(heights)[0])


def test_no_errors_at_all_are_still_on_finite_paper(ax):
    assert np.isfinite(ax.transData.transform((10.0, 1.0))).all()


def test_the_axes_say_what_they_are(ax):
    assert ax.get_ylabel() == "Online accuracy (%)"
    assert "weight writes" in ax.get_xlabel()
    assert ax.get_xscale() == "log"
