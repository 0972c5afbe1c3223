import pandas as pd
import pytest

from bioplast.figures.scaling import plot_exponents
from bioplast.figures.style import Look, make_figure

LOOKS = {"m0": Look("#000000", "o"), "m1": Look("#777777", "s")}


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
