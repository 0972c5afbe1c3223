import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from bioplast.analysis.columns import format_cell
from bioplast.analysis.table import make_markdown, make_rich_table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float64(1234.6), "1,235"),
        (np.int64(7), "7"),
        (3.5e8, "3.50e+08"),
        (0.94871, "0.949"),
        (np.nan, "-"),
        (True, "True"),
    ],
)
def test_format_cell(value, text):
    assert format_cell(value) == text


def print_table(frame):
    console = Console(width=100)
    with console.capture() as capture:
        console.print(make_rich_table(frame))
    return capture.get()


def test_every_cell_is_printed():
    text = print_table(pd.DataFrame({"network": ["ann", "rate"], "m0": [2.86e9, np.nan]}))
    assert [word in text for word in ("network", "m0", "ann", "rate", "2.86e+09", " - ")] == [True] * 6


def test_an_interval_goes_into_its_value_s_cell():
    frame = pd.DataFrame({"saving": [5.0, 4.0], "saving low": [4.0, np.nan], "saving high": [6.5, np.nan]})
    text = print_table(frame)
    assert "5 [4, 6.5]" in text
    assert "4 [" not in text
    assert "low" not in text


def test_columns_that_do_not_fit_are_named_and_those_that_do_are_whole():
    frame = pd.DataFrame({f"quantity {number}": [1.23e9] for number in range(9)})
    text = print_lines(make_rich_table(frame, 60), 60)
    assert "…" not in text
    assert text.count("1.23e+09") == 4
    assert "also in table.csv: quantity 4, quantity 5" in text.replace("\n", " ")
    assert print_lines(make_rich_table(frame), 1000).count("1.23e+09") == 9


def print_lines(table, width):
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.strip() for line in capture.get().splitlines())


def test_markdown_has_a_line_a_row_and_bars_in_text_are_escaped():
    frame = pd.DataFrame(
        {"claim": ["|dw| large", "b"], "x": [5.0, np.nan], "x low": [4.0, 1], "x high": [6.5, 2]}
    )
    assert make_markdown(frame).splitlines() == [
        "| claim | x |",
        "|---|---:|",
        "| \\|dw\\| large | 5 [4, 6.5] |",
        "| b | - |",
    ]


def test_a_long_cell_is_broken_and_takes_no_room_from_others():
    frame = pd.DataFrame({"claim": ["word " * 60], "verdict": ["reproduced"]})
    text = print_table(frame)
    assert "reproduced" in text
    assert text.count("word") == 60


def test_a_number_beyond_all_floats_is_written_as_it_is():
    assert format_cell(10**400) == "1" + "0" * 400
