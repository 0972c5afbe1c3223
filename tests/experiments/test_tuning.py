"""The settings that other experiments read are those that the procedure chooses."""

from pathlib import Path

import made_up
import pandas as pd
import pytest

from bioplast.changes import format_changes
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.tuned import TUNED_FILE, read_tuned

tuning = load_module("experiment", "tuning", Path(__file__).parents[2])
STORED = pd.read_csv(TUNED_FILE)


def make_run(rule, seed, m0, *, converged=True, rate=0.01):
    options = {"learning_rate": rate}
    return made_up.make_run(rule=rule, seed=seed, m0=m0, converged=converged, config={"options": options})


def test_the_fewest_writes_are_chosen_among_settings_with_which_all_seeds_got_there():
    runs = [
        *(make_run("plain", seed, 100) for seed in (101, 102, 103)),
        *(make_run("largest(0.1)", seed, 30 + seed) for seed in (101, 102, 103)),
        *(make_run("largest(0.2)", seed, 50 + seed) for seed in (101, 102, 103)),
        *(make_run("largest(0.05)", seed, 10 + seed, converged=seed != 103) for seed in (101, 102, 103)),
    ]
    data = tuning.analyze(runs).set_index("rule")
    assert data["chosen"].to_dict() == {
        "plain": True,
        "largest(0.1)": True,
        "largest(0.2)": False,
        "largest(0.05)": False,
    }
    assert data.loc["largest(0.1)", "m0"] == 132


def test_every_network_and_kind_has_twelve_settings():
    runs = tuning.STUDY.list_runs()
    cells = {(run.model, tuning.name_kind(run.rule), run.rule, str(run.options)) for run in runs}
    counts = pd.Series([cell[:2] for cell in cells]).value_counts()
    assert set(counts) == {12}
    assert set(counts.index) == {(model, kind) for model in tuning.RATES for kind in tuning.KINDS}
    assert {run.seed for run in runs} == {101, 102, 103, 104, 105}


def test_the_stored_settings_are_all_that_were_tried():
    stored = set(zip(STORED["model"], STORED["rule"], STORED["options"], strict=True))
    assert len(stored) == len(STORED)
    runs = tuning.STUDY.list_runs()
    assert stored == {(run.model, run.rule, format_changes(run.options)) for run in runs}
    assert set(STORED["n"]) == {len(tuning.SEEDS)}


def test_what_is_stored_as_chosen_is_what_the_procedure_chooses_of_the_stored_rows():
    assert STORED["chosen"].tolist() == tuning.choose(STORED).tolist()


@pytest.mark.parametrize("model", tuning.RATES)
@pytest.mark.parametrize("kind", tuning.KINDS)
def test_other_experiments_read_what_was_chosen(model, kind):
    tuned = read_tuned(model, kind)
    cells = STORED[(STORED["model"] == model) & (STORED["label"] == kind)]
    complete = cells[cells["reached"] == cells["n"]]
    best = complete.loc[complete["m0"].idxmin()]
    assert tuned.rule == best["rule"] == str(Plasticity.parse(tuned.rule))
    assert format_changes(tuned.options) == best["options"]
