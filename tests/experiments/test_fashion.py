from pathlib import Path

from bioplast.loading import load_module

ROOT = Path(__file__).parents[2]
fashion, compare = (load_module("experiment", name, ROOT) for name in ("fashion", "compare"))


def test_cells_are_those_of_the_comparison_on_other_images():
    for quick in (False, True):
        cells = {(c.model, c.rule, str(c.options), c.hidden, c.seed) for c in compare.STUDY.list_runs(quick)}
        runs = fashion.STUDY.list_runs(quick)
        assert {(c.model, c.rule, str(c.options), c.hidden, c.seed) for c in runs} == cells
        assert {c.task for c in runs} == {"fashion-mnist"}


def test_caption_says_where_the_settings_are_from():
    assert fashion.CAPTION.strip().startswith("Fashion-MNIST, with the settings that were tuned on MNIST.")
