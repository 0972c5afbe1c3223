import re

import pytest

from bioplast.figures.style import (
    COLORS,
    FORMATS,
    label_panel,
    make_figure,
    make_looks,
    save_figure,
    use_style,
)


def draw():
    figure = make_figure(85, 50)
    ax = figure.subplots()
    ax.plot([1, 2], [3, 4])
    ax.set_xlabel("weight writes")
    label_panel(ax, "a")
    return figure


def test_a_figure_has_its_size_on_paper():
    assert draw().get_size_inches() * 25.4 == pytest.approx([85, 50])


def test_every_format_is_written_and_the_same_figure_gives_the_same_bytes(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        with use_style():
            paths = save_figure(draw(), folder)
        assert [path.name for path in paths] == [f"figure.{form}" for form in FORMATS]
    for form in FORMATS:
        assert folders[0].joinpath(f"figure.{form}").read_bytes() == (
            folders[1].joinpath(f"figure.{form}").read_bytes()
        )


def test_the_pdf_carries_its_fonts_and_no_date(tmp_path):
    with use_style():
        save_figure(draw(), tmp_path)
    pdf = (tmp_path / "figure.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"CreationDate" not in pdf


def test_the_svg_needs_no_font_and_has_no_date(tmp_path):
    with use_style():
        save_figure(draw(), tmp_path)
    svg = (tmp_path / "figure.svg").read_text()
    assert "<text" not in svg
    assert not re.search(r"<dc:date>", svg)


def test_text_is_eight_points():
    with use_style():
        ax = draw().axes[0]
        assert ax.xaxis.label.get_size() == 8


def test_looks_differ_in_color_and_in_marker():
    looks = make_looks(["plain", "largest(0.1)", "plain", "subnet(50)"])
    assert list(looks) == ["plain", "largest(0.1)", "subnet(50)"]
    assert len({look.color for look in looks.values()}) == 3
    assert len({look.marker for look in looks.values()}) == 3


def test_more_labels_than_colors_are_refused():
    with pytest.raises(ValueError, match=f"at most {len(COLORS)} labels"):
        make_looks(map(str, range(len(COLORS) + 1)))
