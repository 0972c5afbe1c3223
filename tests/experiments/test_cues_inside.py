from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption
from bioplast.tasks import load_task

ROOT = Path(__file__).parents[2]
inside = load_module("experiment", "cues_inside", ROOT)


@pytest.fixture(scope="module")
def rows():
    point = {**inside.STUDY.list_points(quick=True)[0], "trials": 20}
    return pd.DataFrame([{**point, **row} for row in inside.measure(point, ROOT)])


def test_the_trial_shown_is_that_of_the_test_set(rows):
    events = load_task("cues").test.events(np.array([inside.TRIAL]))
    for when in inside.WHENS:
        shown = rows[(rows["when"] == when) & (rows["what"] == "input")]
        np.testing.assert_array_equal(shown["step"], events.steps)
        np.testing.assert_array_equal(shown["unit"], events.units)


def test_what_is_written_is_a_tenth_of_the_synapses_among_cells(rows):
    changes = rows[rows["what"] == "change"]
    n_synapses = inside.N_CELLS * (inside.N_CELLS - 1)
    assert (changes["unit"] != changes["step"]).all()
    after = changes[changes["when"] == "after"]
    # Fewer where float32 rounds a change away, more with ties.
    assert 0.09 * n_synapses < len(after) < 0.12 * n_synapses


def test_learning_signals_of_two_classes_are_random_and_one_each(rows):
    signal = rows[rows["what"] == "signal"]
    assert (signal.groupby("when").size() == inside.N_CELLS).all()
    before, after = (signal[signal["when"] == when]["value"].to_numpy() for when in inside.WHENS)
    # The two errors are equal and opposite, so that learning can only scale all signals alike.
    assert abs(np.corrcoef(before, after)[0, 1]) == pytest.approx(1)


def test_table_caption_and_figure(rows):
    table = inside.summarize(rows).set_index("when")
    assert (table["spikes"] > 100).all()
    assert (table["n_written"] > 0).all()
    data = inside.analyze(rows)
    caption = fill_caption(inside.CAPTION, [], [], inside.describe(data))
    assert "learning from 20 trials" in caption
    with use_style():
        figure = inside.plot(data)
    assert len(figure.axes) == 8
