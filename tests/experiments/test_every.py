"""Every experiment: what it declares, and what it draws of runs that were made up, and of its quick form."""

import re
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from string import Formatter, ascii_lowercase

import numpy as np
import pandas as pd
import pytest
from made_up import make_up
from matplotlib.image import imread

from bioplast.errors import MissingDataError
from bioplast.figures.style import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM, use_style
from bioplast.loading import load_module
from bioplast.project import list_experiments
from bioplast.sizes import list_sizes
from bioplast.studies.caption import fill_caption
from bioplast.studies.grid import list_grids
from bioplast.studies.study import run_experiment
from bioplast.training.run import set_up

ROOT = Path(__file__).parents[2]
STUDIES = {name: load_module("experiment", name, ROOT).STUDY for name in list_experiments(ROOT)}

# Those that are made of others last: they draw these again.
NAMES = sorted(STUDIES, key=lambda name: (len(STUDIES[name].sources), name))
DRAWN_AGAIN = {source for study in STUDIES.values() for source in study.sources}
OF_RUNS = [name for name in NAMES if STUDIES[name].grid]
# Whose seeds are not stated one by one.
OF_SEEDS = [name for name in OF_RUNS if all(grid.seeds for grid in list_grids(STUDIES[name].grid))]
OF_POINTS = [name for name in NAMES if STUDIES[name].points]

# What a column may hold, by a pattern of its name: the first that fits. A network cannot spend less than
# the least, writes are counted, and a share is one.
RANGES = {
    r"inefficiency": (1, np.inf),
    r"(^|_)(online|validation|test|accuracy|fraction|share|overlap|simpson)($|_)": (0, 1),
    r"saving": (0, np.inf),
    r"^(m0|m1|m0_min|m1_min|samples|maintenance|n_\w+|hidden|spikes\w*)$": (0, np.inf),
    r"^energy_(joule|atp)": (0, np.inf),
}
OF_EVERY_RUN = {"task", "goal", "encoding", "hidden", "rules", "seeds", "missing"}


def find_range(column):
    return next((limits for pattern, limits in RANGES.items() if re.search(pattern, column)), None)


def list_drawn(figure):
    """Everything that a figure draws of numbers, axes by axes."""
    return [
        (
            [line.get_xydata().tolist() for line in ax.lines],
            [path.vertices.tolist() for drawn in ax.collections for path in drawn.get_paths()],
            [image.get_array().filled(np.nan).tolist() for image in ax.images],
            [(text.get_text(), text.get_position()) for text in ax.texts],
        )
        for ax in figure.axes
    ]


def check_figure(study, data, path):
    """The figure holds what the CSV holds: drawn from the file it is the same, and all of it is named."""
    data.to_csv(path, index=False)
    with use_style():
        figure = study.draw(data)
        again = study.draw(pd.read_csv(path, engine="python"))
        figure.draw_without_rendering()
    assert again.get_suptitle() == figure.get_suptitle()
    check_caption(figure.get_suptitle())
    assert str(list_drawn(again)) == str(list_drawn(figure))
    width, height = figure.get_size_inches() * 25.4
    assert round(width) in (round(SINGLE_COLUMN_MM), round(DOUBLE_COLUMN_MM))
    assert height <= 240
    letters = [ax.get_title(loc="left") for ax in figure.axes if ax.get_title(loc="left")]
    assert "".join(sorted(letters)) == ascii_lowercase[: len(letters)]


def check_caption(caption):
    assert not re.search(r"[{}]|\bnan\b", caption)


@pytest.mark.parametrize("quick", [False, True], ids=["full", "quick"])
@pytest.mark.parametrize("name", OF_SEEDS)
def test_every_cell_has_the_seeds_from_one_on_and_there_is_plain_learning_to_compare_with(name, quick):
    runs = STUDIES[name].list_runs(quick, 3)
    cells = defaultdict(set)
    for run in runs:
        cells[str(run.to_dict() | {"seed": None})].add(run.seed)
    assert all(seeds == {1, 2, 3} for seeds in cells.values())
    # What is written in all of its changes, as they are or transformed.
    kinds = [{part.slot for part in run.plasticity.parts if part.name != "plain"} for run in runs]
    assert any(kind <= {"transforms"} for kind in kinds)


@pytest.mark.parametrize("name", OF_SEEDS)
def test_quick_runs_give_up_early_on_the_way_to_a_lower_goal(name):
    study = STUDIES[name]
    full = {run.goal for run in study.list_runs() if run.goal < 1}
    quick = study.list_runs(quick=True)
    assert all(run.max_samples <= 20_000 and sum(list_sizes(run.hidden)) <= 1000 for run in quick)
    assert all(run.goal < max(full) for run in quick if run.goal < 1)
    assert {run.seed for run in quick} <= {1, 2}
    assert len(quick) <= len(study.list_runs(seeds=1))


@pytest.mark.parametrize("name", OF_RUNS)
def test_every_run_can_be_set_up(name):
    """Of one seed; those that differ by the size alone once."""
    cells = {(run.model, run.rule, str(run.options)): run for run in STUDIES[name].list_runs(seeds=1)}
    for run in cells.values():
        with skipping_without_data():
            assert set_up(run, project=ROOT).config.key


@pytest.mark.parametrize("name", OF_POINTS)
def test_points_are_all_different_and_more_in_the_full_form(name):
    study = STUDIES[name]
    full, quick = study.list_points(), study.list_points(quick=True)
    for points in (full, quick):
        assert len({str(sorted(point.items())) for point in points}) == len(points)
    assert len(quick) <= len(full)


@pytest.mark.parametrize(("quick", "seeds"), [(False, 1), (True, 2)], ids=["full", "quick"])
@pytest.mark.parametrize("name", OF_RUNS)
def test_whatever_runs_give_is_drawn_tabled_and_told(name, quick, seeds, tmp_path):
    study = STUDIES[name]
    runs = [make_up(config) for config in study.list_runs(quick, seeds)]
    data = study.compute(runs)
    check_figure(study, data, tmp_path / "figure.csv")
    assert len(study.make_table(data, runs))
    words = study.tell(data)
    fields = {field for _, field, _, _ in Formatter().parse(study.caption) if field}
    assert set(words) <= fields <= set(words) | OF_EVERY_RUN
    check_caption(fill_caption(study.caption, runs, [], words))


@pytest.mark.parametrize("name", OF_RUNS)
def test_runs_that_all_gave_up_are_drawn_tabled_and_told(name, tmp_path):
    study = STUDIES[name]
    runs = [make_up(config, converged=False) for config in study.list_runs(True, 1)]
    data = study.compute(runs)
    check_figure(study, data, tmp_path / "figure.csv")
    study.make_table(data, runs)
    caption = fill_caption(study.caption, runs, [], study.tell(data))
    check_caption(caption)
    if "{missing}" in study.caption:
        assert "Did not reach the goal" in caption


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """One folder for all, so that runs are shared as they are in a study."""
    return tmp_path_factory.mktemp("results")


def draw(name, results):
    module = load_module("experiment", name, ROOT)
    with skipping_without_data():
        return run_experiment(module, project=ROOT, quick=True, workers=1, out=results)


@contextmanager
def skipping_without_data():
    """Leave a test where its data come from elsewhere and are not here; the line says how to get them."""
    try:
        yield
    except MissingDataError as error:
        pytest.skip(str(error))


def read_what_is_kept(results):
    """What must stay as it is when a figure is drawn again: its numbers, and when its runs were written."""
    tables = {path: path.read_bytes() for path in results.glob("*/figure.csv")}
    return tables | {path: path.stat().st_mtime_ns for path in results.glob("*/*/*.json")}


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_quick_form_draws_what_can_be(name, results, tmp_path):
    before = read_what_is_kept(results)
    for source in STUDIES[name].sources:
        (results / source / "figure.csv").unlink(missing_ok=True)
    folder = draw(name, results)
    data = pd.read_csv(folder / "figure.csv", engine="python")
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
    check_figure(STUDIES[name], data, tmp_path / "figure.csv")
    check_caption((folder / "caption.txt").read_text())
    for form in ("pdf", "svg"):
        assert (folder / f"figure.{form}").stat().st_size > 5000
    height, width, _ = imread(folder / "figure.png").shape
    assert round(width / 300 * 25.4) in (round(SINGLE_COLUMN_MM), round(DOUBLE_COLUMN_MM))
    assert height / 300 * 25.4 <= 240

    # Drawn again from the store a figure is the same, and nothing is carried out for it.
    if name not in DRAWN_AGAIN and not STUDIES[name].sources:
        before = read_what_is_kept(results)
        (folder / "figure.csv").unlink()
        draw(name, results)
    after = read_what_is_kept(results)
    assert {path: after[path] for path in before} == before
