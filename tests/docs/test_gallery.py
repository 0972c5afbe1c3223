"""The gallery: what is stored is small and belongs to something, and pages are made of it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bioplast.loading import load_module
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


def has_headline(name):
    return load_module("experiment", name, STUDY).STUDY.headline is not None


def test_a_page_shows_what_is_stored_and_says_so_where_nothing_is(tmp_path):
    pytest.importorskip("sphinx", reason="is among what the documentation needs, not the tests")
    gallery = load(DOCS / "_ext" / "gallery.py")
    docs, folder = tmp_path / "docs", tmp_path / "results" / "masks"
    (docs / "gallery").mkdir(parents=True)
    folder.mkdir(parents=True)
    caption = "It shows this.\n\nWords of it." if has_headline("masks") else "Words of it."
    for name, content in {"figure.png": "picture", "caption.txt": caption, "figure.csv": "a,b\n"}.items():
        (folder / name).write_text(content)
    items = {item.name: item for item in gallery.find_items(docs, tmp_path / "results")}
    assert set(items) == NAMES["experiments"]
    masks, other = items["masks"], items["compare"]
    assert (masks.picture, masks.numbers) == (folder / "figure.png", folder / "figure.csv")
    assert masks.caption == "Words of it."
    assert masks.message == ("It shows this." if has_headline("masks") else "")
    page = gallery.make_page(masks)
    assert page.startswith("# Which synapses may change")
    assert "bioplast run masks" in page
    assert "{image} experiments-masks.png" in page
    assert other.picture is None
    assert "draws the figure" in gallery.make_page(other)
    cards = gallery.make_cards(list(items.values()))
    assert cards.count("{grid-item-card}") == len(items)
    stored = gallery.find_items(DOCS, None)
    assert {item.name for item in stored if item.kind == "examples"} == NAMES["examples"]
    assert any(item.picture for item in stored)
