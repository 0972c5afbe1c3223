import itertools
from dataclasses import replace
from pathlib import Path

import made_up
import numpy as np
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption

experiment = load_module("experiment", "plausibility", Path(__file__).parents[2])
PLAIN, LARGEST, FIXED, LOCAL = experiment.KINDS
FAILING = "random feedback"
LOST = "spiking readout"


def make_run(cell, seed, *, per_image, converged=True):
    return made_up.make_run(
        cell["model"],
        cell["rule"],
        seed,
        m0=8000 * per_image,
        m1=80.0 * per_image,
        converged=converged,
        samples=8000,
        goal=experiment.GOAL,
        config={"options": cell["options"]},
    )


@pytest.fixture(scope="module")
def runs():
    """Rung r saves r + 2 times; under random feedback seed 2 of restricted, on another plain runs give up."""
    made = {}
    for number, rung in enumerate(experiment.RUNGS):
        for (label, cell), seed in itertools.product(rung.cells.items(), (1, 2, 3)):
            converged = not (rung.name == FAILING and label != PLAIN and seed == 2)
            converged = converged and not (rung.name == LOST and label == PLAIN)
            per_image = 3000 * seed if label == PLAIN else 3000 * seed / (number + 2)
            key = (cell["model"], cell["rule"], str(cell["options"]), seed)
            made[key] = make_run(cell, seed, per_image=per_image, converged=converged)
    return list(made.values())


@pytest.fixture(scope="module")
def data(runs):
    return experiment.analyze(runs)


def test_every_rung_is_run_with_plain_learning_and_its_restrictions():
    runs = experiment.STUDY.list_runs()
    cells = {(run.model, run.rule, tuple(sorted(run.options.items()))) for run in runs}
    assert len(runs) == 5 * len(cells)
    for rung in experiment.RUNGS:
        assert PLAIN in rung.cells
        for cell in rung.cells.values():
            assert (cell["model"], cell["rule"], tuple(sorted(cell["options"].items()))) in cells
    assert {run.hidden for run in runs} == {100}


def test_every_rung_but_the_first_and_that_in_time_stands_on_one_above_it():
    seen = []
    for rung in experiment.RUNGS:
        assert (rung.base in seen) == (rung not in (experiment.ARTIFICIAL, experiment.IN_TIME))
        seen.append(rung.name)
    assert len(set(seen)) == len(seen)


# A spike that counts as its rate asks for, and what only the network before it has.
TOGETHER = {"spikes": {"spike_trains", "psp_input", "loss", "derivative"}}
TOGETHER |= {
    "Poisson input, 100 Hz": {"p_input", "psp_input"},
    "Poisson input, 50 Hz": {"p_input", "psp_input"},
}
TOGETHER |= {"trials without reset": {"reset", "n_pause"}}
TOGETHER |= {"first weights for a threshold": {"sd_hidden", "sd_output"}}
TOGETHER |= {
    "its own settings": {"psp_input", "sd_hidden", "sd_output"},
    "one sign per cell, half inhibit": {"dale", "excitatory"},
}


def test_a_rung_changes_one_thing():
    by_name = {rung.name: rung for rung in experiment.RUNGS}
    for rung in experiment.IMAGES[1:]:
        base = by_name[rung.base]
        changed = {name for name, _ in set(rung.options.items()) ^ set(base.options.items())}
        kinds = [rung.model != base.model, rung.tuned != base.tuned, rung.per_neuron != base.per_neuron]
        if rung.name in TOGETHER:
            assert changed == TOGETHER[rung.name]
        else:
            assert len(changed) + sum(kinds) == 1


def test_cells_that_are_for_themselves_have_the_same_rules_per_neuron():
    rung = experiment.NEURON
    for label in (LARGEST, LOCAL):
        mine, other = (
            Plasticity.parse(one.cells[label]["rule"]).selection for one in (rung, experiment.SETTINGS)
        )
        assert mine.per == "neuron" != other.per
        assert type(mine) is type(other)
    assert rung.cells[PLAIN] == experiment.SETTINGS.cells[PLAIN]


def test_saving_is_against_plain_on_the_same_rung_and_seed(data):
    medians = data[(data["kind"] == "median") & (data["label"] != PLAIN)]
    for number, rung in enumerate(experiment.RUNGS):
        rows = medians[medians["rung"] == rung.name]
        assert set(rows["label"]) == set(rung.cells) - {PLAIN}
        if rung.name != LOST:
            assert rows["m0 saving"].to_numpy(float) == pytest.approx(number + 2, rel=0.01)
            assert rows["m1 saving"].to_numpy(float) == pytest.approx(number + 2, rel=0.01)
    assert data.loc[data["label"] == PLAIN, "m0 saving"].isna().all()


def test_run_that_gave_up_bounds_its_saving_from_above(data):
    number = experiment.NAMES.index(FAILING)
    rows = data[(data["rung"] == FAILING) & (data["label"] == LOCAL)]
    run = rows[(rows["kind"] == "run") & (rows["seed"] == 2)].iloc[0]
    assert not run["known"]
    assert run["m0 saving"] == pytest.approx(number + 2)  # as if it had got there now
    median = rows[rows["kind"] == "median"].iloc[0]
    assert (median["reached"], median["n"]) == (2, 3)
    assert median["m0 saving low"] == 0


def test_saving_is_not_known_where_plain_learning_gave_up(data):
    rows = data[(data["rung"] == LOST) & (data["label"] == LOCAL)]
    assert not rows.loc[rows["kind"] == "run", "known"].any()
    median = rows[rows["kind"] == "median"].iloc[0]
    assert np.isnan(float(median["m0 saving"]))
    assert median["m0 saving low"] == pytest.approx(experiment.NAMES.index(LOST) + 2)


def test_two_runs_that_gave_up_say_nothing_of_a_saving(runs):
    missed = [replace(run, record=run.record | {"converged": run.record["seed"] != 2}) for run in runs]
    data = experiment.analyze(missed)
    rows = data[(data["rung"] == "spikes") & (data["label"] == LOCAL)]
    assert np.isnan(float(rows.loc[rows["seed"] == 2, "m0 saving"].iloc[0]))
    median = rows[rows["kind"] == "median"].iloc[0]
    assert median["m0 saving"] == pytest.approx(experiment.NAMES.index("spikes") + 2)
    assert (median["reached"], median["n"]) == (2, 3)


def test_rung_without_plain_learning_is_left_out(runs, data):
    part = [run for run in runs if run.record["model"] != "rate" or run.record["rule"] != "plain"]
    models = {rung.name: rung.model for rung in experiment.RUNGS}
    rungs = set(experiment.analyze(part)["rung"])
    assert rungs == {name for name, model in models.items() if model != "rate"}
    assert set(data["rung"]) == set(models)


def test_what_survives_is_against_the_rung_that_it_stands_on(data):
    survival = experiment.compute_survival(data, PLAIN, experiment.NAMES[0]).set_index(["rung", "label"])
    numbers = {name: number + 2 for number, name in enumerate(experiment.NAMES)}
    row = survival.loc[("one sign per cell, half inhibit", LOCAL)]
    assert row["kept"] == pytest.approx(
        numbers["one sign per cell, half inhibit"] / numbers["learned feedback"], rel=0.01
    )
    assert row["left"] == pytest.approx(numbers["one sign per cell, half inhibit"] / 2, rel=0.01)
    assert survival.loc[("artificial", LOCAL), ["kept"]].isna().all()
    assert np.isnan(survival.loc[(LOST, LOCAL), "kept"])


def test_caption_has_a_sentence_a_rung_and_the_headline_its_numbers(data, runs):
    caption = fill_caption(experiment.CAPTION, runs, [], experiment.describe(data))
    for rung in experiment.RUNGS:
        assert f"{rung.name}: " in caption
    assert f"{LOCAL} 3 (3 to 3; 3 of 3, 150 %)" in caption  # rate dynamics
    assert "learned feedback on refractory time" in caption
    assert "the artificial network writes 2 times less" in experiment.headline(data)
    assert "least is left with rate dynamics, 3" in experiment.headline(data)


def test_table_has_a_row_for_each_rung_and_rule(data):
    table = experiment.tabulate(data)
    assert len(table) == sum(len(rung.cells) for rung in experiment.RUNGS)
    row = table[(table["rung"] == FAILING) & (table["label"] == LOCAL)].iloc[0]
    assert row["reached"] == "2/3"


def test_figure_draws_what_the_csv_holds(data):
    with use_style():
        figure = experiment.plot(data)
    runs = data[data["kind"] == "run"]
    for ax, column in zip(figure.axes, ("m0", "m0 saving", "m1 saving"), strict=True):
        drawn = np.concatenate([line.get_xdata() for line in ax.lines if line.get_linestyle() == "None"])
        assert sorted(drawn) == sorted(runs[column].dropna().astype(float))
        assert ax.get_xscale() == "log"
        assert ax.get_xlabel()
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == experiment.NAMES
