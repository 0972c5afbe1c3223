import pandas as pd
import pytest

from bioplast.figures.places import name_places, plot_place, plot_places
from bioplast.figures.style import BLUE, Look, make_figure, make_looks

ROWS = pd.DataFrame(
    {
        "kind": ["run", "run", "run", "run", "median"],
        "label": ["a", "a", "a", "b", "a"],
        "converged": [True, False, True, True, None],
        "m0": [1.0, 2.0, 4.0, None, 2.0],
    }
)


@pytest.fixture
def ax():
    return make_figure(85, 60).subplots()


@pytest.mark.parametrize("lying", [False, True])
def test_a_marker_a_run_around_the_place_and_a_bar_at_the_median(ax, lying):
    plot_place(ROWS, ax, "m0", Look(BLUE, "s"), 3, half_width=0.3, lying=lying)
    *markers, bar = ax.lines
    points = [(line.get_xdata()[0], line.get_ydata()[0])[:: -1 if lying else 1] for line in markers]
    assert [value for _, value in points] == [1.0, 2.0, 4.0]
    left, middle, right = (place for place, _ in points)
    assert 2.7 < left < middle == 3 < right < 3.3
    ends = (bar.get_xdata(), bar.get_ydata())[:: -1 if lying else 1]
    assert [list(values) for values in ends] == [[2.7, 3.3], [2.0, 2.0]]


def test_a_run_that_gave_up_is_open(ax):
    plot_place(ROWS, ax, "m0", Look(BLUE, "s"), 0)
    assert [line.get_markerfacecolor() for line in ax.lines[:3]] == [BLUE, "white", BLUE]


def test_where_nothing_says_who_gave_up_all_are_filled(ax):
    plot_place(ROWS.drop(columns="converged"), ax, "m0", Look(BLUE, "s"), 0)
    assert [line.get_markerfacecolor() for line in ax.lines[:3]] == [BLUE] * 3


def test_labels_stand_side_by_side_with_their_names(ax):
    rows = ROWS.assign(m0=ROWS["m0"].fillna(7.0))
    plot_places(rows, ax, make_looks("ab"), quantity="m0")
    places = {line.get_ydata()[0]: line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "None"}
    assert all(-0.5 < places[value] < 0.5 for value in (1.0, 2.0, 4.0))
    assert places[7.0] == 1
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b"]
    assert ax.get_ylabel() == "$M_0$ (weight writes)"


def test_a_quantity_without_a_label_of_its_own_is_called_as_it_is(ax):
    plot_places(ROWS.rename(columns={"m0": "mine"}), ax, make_looks("ab"), quantity="mine")
    assert ax.get_ylabel() == "mine"


def test_names_may_stand_upright(ax):
    name_places(ax, ["x", "y"])
    assert [text.get_rotation() for text in ax.get_xticklabels()] == [0, 0]
