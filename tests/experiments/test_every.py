"""Every experiment in its quick form, on MNIST, down to what is drawn."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from bioplast.figures.style import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM
from bioplast.loading import load_module
from bioplast.project import list_experiments
from bioplast.studies.study import run_experiment

ROOT = Path(__file__).parents[2]


def list_sources(name):
    """The experiments that this one is made of and draws as well."""
    return getattr(load_module("experiment", name, ROOT), "SOURCES", ())


# Those that are made of others last: they draw these again.
NAMES = sorted(list_experiments(ROOT), key=lambda name: (len(list_sources(name)), name))
DRAWN_AGAIN = {source for name in NAMES for source in list_sources(name)}

# What a column may hold, by a pattern of its name: the first that fits. A network cannot spend less than
# the least, writes are counted, and a share is one.
RANGES = {
    r"inefficiency": (1, np.inf),
    r"(^|_)(online|validation|test|accuracy|fraction|share|overlap|simpson)($|_)": (0, 1),
    r"saving": (0, np.inf),
    r"^(m0|m1|m0_min|m1_min|samples|maintenance|n_\w+|hidden|spikes\w*)$": (0, np.inf),
    r"^energy_(joule|atp)": (0, np.inf),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """One folder for all, so that runs are shared as they are in a study."""
    return tmp_path_factory.mktemp("results")


def draw(name, results):
    module = load_module("experiment", name, ROOT)
    return run_experiment(module, project=ROOT, quick=True, workers=1, out=results)


def read_what_is_kept(results):
    """What must stay as it is when a figure is drawn again: its numbers, and when its runs were written."""
    tables = {path: path.read_bytes() for path in results.glob("*/figure.csv")}
    return tables | {path: path.stat().st_mtime_ns for path in results.glob("*/*/*.json")}


def find_range(column):
    return next((limits for pattern, limits in RANGES.items() if re.search(pattern, column)), None)


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_form_draws_what_can_be(name, results):
    before = read_what_is_kept(results)
    for source in list_sources(name):
        (results / source / "figure.csv").unlink(missing_ok=True)
    folder = draw(name, results)
    data = pd.read_csv(folder / "figure.csv")
    table = pd.read_csv(folder / "table.csv")
    assert len(data)
    assert len(table)
    for frame in (data, table):
        for column in frame.columns:
            limits = find_range(column)
            if limits is None or not pd.api.types.is_numeric_dtype(frame[column]):
                continue
            values = frame[column].dropna()
            assert values.between(*limits).all(), (column, values.min(), values.max())

    caption = (folder / "caption.txt").read_text()
    assert not re.search(r"[{}]|\bnan\b", caption)
    for form in ("pdf", "svg"):
        assert (folder / f"figure.{form}").stat().st_size > 5000
    height, width, _ = imread(folder / "figure.png").shape
    assert round(width / 300 * 25.4) in (round(SINGLE_COLUMN_MM), round(DOUBLE_COLUMN_MM))
    assert height / 300 * 25.4 <= 240

    # Drawn again from the store a figure is the same, and nothing is carried out for it.
    if name not in DRAWN_AGAIN and not list_sources(name):
        before = read_what_is_kept(results)
        (folder / "figure.csv").unlink()
        draw(name, results)
    after = read_what_is_kept(results)
    assert {path: after[path] for path in before} == before
