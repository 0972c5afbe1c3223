import pandas as pd
import pytest

from bioplast.figures.energy import ENERGY_LABELS, plot_energy_to_goal
from bioplast.figures.style import make_figure, make_looks

DATA = pd.DataFrame(
    [
        ("ann", "plain", "run", True, 100.0),
        ("ann", "plain", "run", False, 900.0),
        ("ann", "plain", "median", None, 100.0),
        ("ann", "largest(0.1)", "run", True, 10.0),
        ("ann", "largest(0.1)", "median", None, 10.0),
        ("rate", "plain", "run", True, 200.0),
        ("rate", "plain", "median", None, 200.0),
    ],
    columns=["network", "label", "kind", "converged", "m0"],
)


@pytest.fixture
def ax():
    return plot_energy_to_goal(DATA, make_figure(85, 60).subplots(), "m0", make_looks(DATA["label"]))


def markers(ax):
    return [line for line in ax.lines if line.get_linestyle() == "None"]


def bars(ax):
    return [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_color() != "#777777"]


def test_every_run_is_a_marker_at_its_energy(ax):
    assert sorted(line.get_ydata()[0] for line in markers(ax)) == [10.0, 100.0, 200.0, 900.0]


def test_every_median_is_a_bar(ax):
    assert sorted(line.get_ydata()[0] for line in bars(ax)) == [10.0, 100.0, 200.0]


def test_a_run_that_gave_up_is_open(ax):
    faces = {line.get_ydata()[0]: line.get_markerfacecolor() for line in markers(ax)}
    assert [value for value, face in faces.items() if face == "none"] == [900.0]


def test_no_two_markers_of_a_network_share_a_place(ax):
    places = [line.get_xdata()[0] for line in markers(ax)]
    assert len(set(places)) == len(places)


def test_networks_stand_in_their_own_places(ax):
    assert [label.get_text() for label in ax.get_xticklabels()] == ["ann", "rate"]
    place = {line.get_ydata()[0]: line.get_xdata()[0] for line in markers(ax)}
    assert all(-0.5 < place[value] < 0.5 for value in (10.0, 100.0, 900.0))
    assert 0.5 < place[200.0] < 1.5


def test_the_axis_is_logarithmic_and_says_what_it_is(ax):
    assert ax.get_yscale() == "log"
    assert ax.get_ylabel() == ENERGY_LABELS["m0"]
