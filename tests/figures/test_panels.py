import pandas as pd
import pytest
from matplotlib.ticker import FuncFormatter, LogLocator

from bioplast.figures.panels import Panels, panel
from bioplast.figures.style import BLACK, Look, make_looks, use_style

DATA = pd.DataFrame({"label": ["a", "a", "b"], "panel": ["x", "y", "x"], "value": [1.0, 20.0, 300.0]})


def plot_values(data, ax, looks, *, scale="linear"):
    for label, look in looks.items():
        values = data.loc[data["label"] == label, "value"]
        ax.plot(range(len(values)), values, look.marker, color=look.color, label=label)
    ax.set_yscale(scale)


def draw(rows, **options):
    with use_style():
        return Panels(rows, **{"height_mm": 60} | options)(DATA)


def read(ax):
    return [line.get_ydata().tolist() for line in ax.lines]


def test_every_panel_shows_its_rows_and_has_its_letter():
    whole = panel(plot_values)
    rows = [[whole, panel(plot_values, where={"panel": "y"})], [whole, whole]]
    figure = draw(rows)
    assert [ax.get_title(loc="left") for ax in figure.axes] == list("abcd")
    assert read(figure.axes[0]) == [[1.0, 20.0], [300.0]]
    assert read(figure.axes[1]) == [[20.0], []]


def test_one_of_several_values_may_be_allowed():
    figure = draw([[panel(plot_values, where={"panel": ("x", "y"), "label": "a"})]])
    assert read(figure.axes[0]) == [[1.0, 20.0], []]


def test_settings_come_last_and_arguments_go_to_the_plot():
    figure = draw(
        [[panel(plot_values, scale="log", settings={"title": "T", "xlabel": "X", "ylim": (1, 50)})]]
    )
    (ax,) = figure.axes
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylim(), ax.get_yscale()) == ("T", "X", (1, 50), "log")


def test_logarithmic_axes_are_labeled_unless_the_plot_did():
    def plot(data, ax, looks):
        plot_values(data, ax, looks, scale="log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 7.0)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: "mine"))

    figure = draw([[panel(plot_values, scale="log"), panel(plot)]])
    labels = [{text.get_text() for text in ax.get_yticklabels()} for ax in figure.axes]
    assert "100" in labels[0]
    assert labels[1] == {"mine"}


def test_axes_that_are_shared_are_labeled_by_what_all_show():
    rows = [[panel(plot_values, scale="log", where={"panel": name}) for name in ("y", "x")]]
    figure = draw(rows, share={"sharey": True})
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()
    ticks = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert {"1", "10", "100"} <= set(ticks)


@pytest.mark.parametrize(("legend", "place"), [(0, 0), (1, 1)])
def test_labels_are_explained_above_a_row(legend, place):
    rows = [[panel(plot_values)], [panel(plot_values), panel(plot_values)]]
    figure = draw(rows, legend=legend)
    legends = [part.legends for part in figure.subfigs]
    (shown,) = legends[place]
    assert [text.get_text() for text in shown.get_texts()] == ["a", "b"]
    assert legends[1 - place] == []


def test_a_figure_may_have_no_legend_and_looks_of_its_own():
    looks = {"b": Look(BLACK, "X")}
    figure = draw([[panel(plot_values, looks=make_looks("a")), panel(plot_values)]], looks=looks, legend=None)
    assert [read(ax) for ax in figure.axes] == [[[1.0, 20.0]], [[300.0]]]
    assert figure.legends == []


def test_rows_of_different_lengths_may_share_axes_of_their_own():
    rows = [[panel(plot_values)], [panel(plot_values, where={"panel": name}) for name in ("x", "y")]]
    first, second, third = draw(rows, share=[{}, {"sharey": True}], height_ratios=[1, 2]).axes
    assert second.get_ylim() == third.get_ylim()
    assert not first.get_shared_y_axes().joined(first, second)


def test_a_logarithmic_axis_on_which_nothing_is_drawn_can_be_drawn():
    figure = draw([[panel(plot_values, scale="log", where={"panel": "none"})]], looks=make_looks("ab"))
    figure.draw_without_rendering()
    assert min(figure.axes[0].get_ylim()) > 0
