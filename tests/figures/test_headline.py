import pytest

from bioplast.figures.headline import write_headline
from bioplast.figures.panels import draw_legend
from bioplast.figures.style import make_figure, make_looks, make_part, use_style

SHORT = "Writing only large changes saves 5 times the writes."
LONG = f"{SHORT} {SHORT.upper()} {SHORT}"


def draw(text, width=174, legend=True):
    with use_style():
        figure = make_figure(width, 60)
        part = make_part(figure)
        ax = part.subplots()
        ax.plot([1, 2], [3, 4])
        if legend:
            draw_legend(part, make_looks(["plain", "largest"]))
        write_headline(figure, text)
        figure.draw_without_rendering()
    return figure


def measure(artist):
    return artist.get_window_extent()


def test_without_a_headline_a_figure_stays_as_it_is():
    figure = draw("")
    assert figure.get_size_inches()[1] * 25.4 == pytest.approx(60)
    assert not figure.get_suptitle()


@pytest.mark.parametrize("width", [85, 174])
@pytest.mark.parametrize("text", [SHORT, LONG])
def test_the_headline_stands_whole_above_all_that_is_drawn(text, width):
    figure = draw(text, width)
    assert figure.get_suptitle().replace("\n", " ") == text
    title = measure(figure._suptitle)
    (legend,) = figure.subfigs[0].legends
    assert title.x0 >= 0
    assert title.x1 <= figure.bbox.x1
    assert title.y1 <= figure.bbox.y1
    assert measure(legend).y1 <= title.y0
    assert measure(figure.axes[0]).y1 <= measure(legend).y0


def test_axes_keep_their_size():
    with_headline, without = (measure(figure.axes[0]) for figure in (draw(LONG), draw("")))
    assert with_headline.size == pytest.approx(without.size, rel=0.03)
