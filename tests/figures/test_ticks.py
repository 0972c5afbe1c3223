import pytest

from bioplast.figures.style import make_figure
from bioplast.figures.ticks import format_log_tick, label_log_axis


def list_labels(low, high):
    """Labels inside the axis from ``low`` to ``high``."""
    ax = make_figure(85, 60).subplots()
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    label_log_axis(ax.xaxis)
    ticks = zip(ax.get_xticks(), ax.xaxis.get_ticklabels(), strict=True)
    return [text.get_text() for place, text in ticks if low <= place <= high]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (25, 40_000, ["100", "1,000", "10,000"]),
        (25, 400, ["50", "100", "200"]),
        (90, 3400, ["100", "300", "1,000", "3,000"]),
        (90, 320, ["100", "150", "200", "300"]),
        (2.2e8, 3e9, ["$5\\times10^{8}$", "$10^{9}$", "$2\\times10^{9}$"]),
    ],
)
def test_labels_are_few_and_can_be_read(low, high, labels):
    assert [label for label in list_labels(low, high) if label] == labels


def test_many_decades_have_few_labels_all_of_one_kind():
    labels = list_labels(50, 5e8)
    assert 2 <= len(labels) <= 5
    assert all(label.startswith("$10^") for label in labels)


def test_numbers_below_one_keep_their_digits():
    assert [format_log_tick(value) for value in (0.001, 0.015, 0.2)] == ["0.001", "0.015", "0.2"]
    assert format_log_tick(1e-4) == "$10^{-4}$"
