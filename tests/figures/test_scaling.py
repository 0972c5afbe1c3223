import pandas as pd
import pytest

from bioplast.figures.scaling import plot_exponents, plot_lines
from bioplast.figures.style import Look, make_figure

LOOKS = {"m0": Look("#000000", "o"), "m1": Look("#777777", "s")}


def test_a_line_has_its_band_where_its_interval_is_known():
    data = pd.DataFrame(
        [("plain", 10, 3.0, 2.0, 5.0), ("plain", 1, 1.0, 0.5, 2.0)],
        columns=["label", "hidden", "m0", "m0 low", "m0 high"],
    )
    ax = make_figure(85, 60).subplots()
    plot_lines(data, ax, "m0", {"plain": LOOKS["m0"]}, over="hidden")
    assert ax.lines[0].get_xdata().tolist() == [1, 10]
    assert ax.lines[0].get_ydata().tolist() == [1.0, 3.0]
    corners = ax.collections[0].get_paths()[0].vertices.tolist()
    assert all(corner in corners for corner in ([1, 0.5], [10, 2.0], [10, 5.0], [1, 2.0]))


def test_exponents_have_bars_from_low_to_high_and_none_where_they_are_not_known():
    data = pd.DataFrame(
        [("m0", 100, 2.0, None, None), ("m0", 10, 1.0, 0.5, 1.75), ("m1", 10, 0.0, -1.0, 1.0)],
        columns=["quantity", "hidden", "value", "low", "high"],
    )
    ax = plot_exponents(data, make_figure(85, 60).subplots(), LOOKS, over="hidden", label="Exponent")
    bars = ax.containers[0].lines[2][0].get_segments()
    assert [bar[:, 1].tolist() for bar in bars] == [pytest.approx([0.5, 1.75]), pytest.approx([2.0, 2.0])]
    assert ax.get_ylabel() == "Exponent"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["$M_0$", "$M_1$"]
