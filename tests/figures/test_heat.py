import pandas as pd
import pytest

from bioplast.figures.heat import plot_heat
from bioplast.figures.style import make_figure
from bioplast.figures.sweep import SWEEP_LABELS

DATA = pd.DataFrame(
    [(0.1, 50, None), (1.0, 50, 2e8), (0.1, 1000, 4e8), (1.0, 1000, 1.6e9)],
    columns=["fraction", "units", "m0"],
)


@pytest.fixture
def ax():
    return plot_heat(DATA, make_figure(85, 60).subplots(), "m0", over=("fraction", "units"), unit=1e8)


def test_every_cell_has_its_number_and_a_missing_one_a_dash(ax):
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert texts == {(0, 0): "-", (1, 0): "2", (0, 1): "4", (1, 1): "16"}


def test_the_dearer_the_darker_and_the_number_can_be_read(ax):
    (image,) = ax.images
    shade = image.cmap(image.norm(image.get_array()))[..., :3].mean(axis=-1)
    assert shade[1, 1] < shade[1, 0] < shade[0, 1]
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert (colours["16"], colours["2"], colours["-"]) == ("white", "black", "black")


def test_axes_name_their_settings(ax):
    assert (ax.get_xlabel(), ax.get_ylabel()) == (SWEEP_LABELS["fraction"], SWEEP_LABELS["units"])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.1", "1"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["50", "1,000"]


def test_a_map_without_any_value_is_drawn():
    data = DATA.assign(m0=float("nan"))
    ax = plot_heat(data, make_figure(85, 60).subplots(), "m0", over=("fraction", "units"), unit=1e8)
    assert [text.get_text() for text in ax.texts] == ["-"] * 4
