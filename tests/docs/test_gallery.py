"""The gallery: what is stored is small and belongs to something, and pages are made of it."""

import importlib.util
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bioplast.project import STUDY, list_experiments

DOCS = Path(__file__).parents[2] / "docs"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def collect():
    return load(DOCS / "collect.py")


NAMES = {
    "experiments": set(list_experiments(STUDY)),
    "examples": {path.stem for path in (DOCS / "examples").glob("*.py")},
}


@pytest.mark.parametrize("kind", NAMES)
def test_what_is_stored_is_of_something_that_is_there(kind, collect):
    stored = list((DOCS / "gallery" / kind).iterdir())
    assert stored
    assert {path.stem for path in stored} <= NAMES[kind]
    for path in stored:
        assert path.suffix in (".png", ".txt", ".csv")
        assert path.stat().st_size <= collect.MOST_BYTES, path.name
    messages = tomllib.loads((DOCS / "gallery" / "messages.toml").read_text(encoding="utf-8"))
    assert set(messages[kind]) <= NAMES[kind]


def test_a_picture_is_made_small_and_stays_a_picture(collect, tmp_path, monkeypatch):
    noise = np.random.default_rng(1).integers(0, 255, (900, 1800, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    with pytest.raises(ValueError, match=r"noise.png: more than 150,000 bytes even when 640 pixels wide"):
        collect.shrink(tmp_path / "noise.png")
    ramp = np.broadcast_to(np.arange(1800, dtype=np.uint8)[None, :, None], (900, 1800, 3))
    Image.fromarray(np.ascontiguousarray(ramp)).save(tmp_path / "ramp.png")
    (tmp_path / "small.png").write_bytes(collect.shrink(tmp_path / "ramp.png"))
    with Image.open(tmp_path / "small.png") as small:
        assert small.size[0] == collect.WIDTHS[0]
        assert small.size[1] == 800
    assert (tmp_path / "small.png").stat().st_size <= collect.MOST_BYTES


def test_results_are_collected(collect, tmp_path, monkeypatch):
    results, docs = tmp_path / "results", tmp_path / "docs"
    (docs / "gallery" / "experiments").mkdir(parents=True)
    (docs / "claims.md").write_text("# Words\n\nof ours\n\n| old | table |\n|---|---|\n| 1 | 2 |\n")
    monkeypatch.setattr(collect, "DOCS", docs)
    for name in ("claims", "masks"):
        (results / name).mkdir(parents=True)
        Image.new("RGB", (300, 200), "white").save(results / name / "figure.png")
        (results / name / "caption.txt").write_text(f"of {name}\n")
        (results / name / "figure.csv").write_text("x" * (10 if name == "masks" else 200_000))
        (results / name / "table.csv").write_text("short")
        (results / name / "table.md").write_text("| new | table |\n|---|---|\n| 3 | 4 |\n")
    found = {path.stem: path for path in collect.collect_results(results, [])}
    assert set(found) == {"claims", "masks"}
    assert found["masks"].with_suffix(".txt").read_text() == "of masks\n"
    assert len(found["masks"].with_suffix(".csv").read_text()) == 10
    assert found["claims"].with_suffix(".csv").read_text() == "short"  # the figure's numbers are too many
    page = (docs / "claims.md").read_text()
    assert page == "# Words\n\nof ours\n\n| new | table |\n|---|---|\n| 3 | 4 |\n"
    assert [path.stem for path in collect.collect_results(results, ["masks"])] == ["masks"]


def test_a_page_shows_what_is_stored_and_says_so_where_nothing_is(tmp_path):
    pytest.importorskip("sphinx", reason="is among what the documentation needs, not the tests")
    gallery = load(DOCS / "_ext" / "gallery.py")
    folder = tmp_path / "masks"
    folder.mkdir()
    for name, content in (
        ("figure.png", "picture"),
        ("caption.txt", "Words of it."),
        ("figure.csv", "a,b\n"),
    ):
        (folder / name).write_text(content)
    items = {item.name: item for item in gallery.find_items(DOCS, tmp_path) if item.kind == "experiments"}
    assert set(items) == NAMES["experiments"]
    page = gallery.make_page(items["masks"])
    assert page.startswith("# Which synapses may change")
    assert "bioplast run masks" in page
    if items["masks"].picture == folder / "figure.png":  # nothing is stored of it in docs/gallery
        assert "Words of it." in page
    without = {item.name: item for item in gallery.find_items(DOCS, None)}
    bare = [item for item in without.values() if item.picture is None]
    assert all("draws the figure" in gallery.make_page(item) for item in bare)
    cards = gallery.make_cards(list(items.values()))
    assert cards.count("{grid-item-card}") == len(items)
