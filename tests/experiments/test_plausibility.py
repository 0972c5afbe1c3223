import itertools
from pathlib import Path

import made_up
import numpy as np
import pandas as pd
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.caption import fill_caption

experiment = load_module("experiment", "plausibility", Path(__file__).parents[2])
LAST = experiment.RUNGS[-1]


def make_run(rung, rule, seed, *, per_image, n_images, converged=True):
    """A run that spends ``per_image`` and is at 93 % after half of its images, of which it sees 4 x 2,000."""
    trace = [
        {
            "samples": number * n_images // 4,
            "online": online,
            "m0": number * n_images // 4 * per_image,
            "m1": number * n_images / 8 * per_image,
        }
        for number, online in enumerate((0.8, 0.935, 0.925, 0.955), 1)
    ]
    return made_up.make_run(
        rung.model,
        rule,
        seed,
        m0=trace[-1]["m0"],
        m1=trace[-1]["m1"],
        converged=converged,
        trace=trace,
        hidden=200,
        samples=n_images,
        config={"options": dict(sorted(rung.options.items()))},
    )


@pytest.fixture(scope="module")
def runs():
    """Rung r saves r + 1 times the writes in twice the time; on the last, seed 2 never comes to 95 %."""
    made = {}
    for number, rung in enumerate(experiment.RUNGS):
        for seed in (1, 2, 3):
            converged = rung is not LAST or seed != 2
            plain = make_run(rung, "plain", seed, per_image=2000 * seed, n_images=8000)
            less = 1000 * seed // (number + 1)
            kept = make_run(rung, rung.rule, seed, per_image=less, n_images=16_000, converged=converged)
            made |= {(*rung.cell, "plain", seed): plain, (*rung.cell, rung.rule, seed): kept}
    return list(made.values())


@pytest.fixture(scope="module")
def data(runs):
    return experiment.analyse(runs)


def test_every_rung_has_its_restriction_and_a_plain_network_to_compare_with():
    grid = experiment.STUDY.list_runs()
    cells = {(c.model, tuple(c.options.items()), c.rule) for c in grid}
    # Rungs that differ in the restriction only share one.
    assert len(cells) == len(experiment.RUNGS) + 6
    assert len(grid) == len(cells) * 5
    for rung in experiment.RUNGS:
        for rule in ("plain", str(Plasticity.parse(rung.rule))):
            assert (rung.model, tuple(sorted(rung.options.items())), rule) in cells
    assert {(c.hidden, c.goal) for c in grid} == {(200, 0.95)}


def test_steps_add_up():
    spiking = [rung for rung in experiment.RUNGS if rung.model == "spiking"][1:]
    for rung, following in itertools.pairwise(spiking):
        assert rung.options.items() <= following.options.items()
        assert (rung.options, rung.rule) != (following.options, following.rule)


def test_energy_is_read_when_online_accuracy_and_when_validation_gets_there(data):
    runs = data[(data["kind"] == "run") & (data["rung"] == "rate dynamics") & (data["seed"] == 1)]
    found = runs.set_index(["level", "label"])[["samples", "m0", "m1"]]
    assert found.loc[(0.93, "plain")].tolist() == [4000, 8e6, 4e6]
    assert found.loc[(0.95, "plain")].tolist() == [8000, 16e6, 8e6]
    assert found.loc[(0.93, "restricted")].tolist() == [8000, 4e6, 2e6]
    assert found.loc[(0.95, "restricted")].tolist() == [16_000, 8e6, 4e6]


def test_plain_runs_count_on_every_rung_they_belong_to(data):
    plain = data[(data["kind"] == "run") & (data["label"] == "plain") & (data["level"] == 0.95)]
    assert plain.groupby("rung").size().tolist() == [3] * len(experiment.RUNGS)
    assert plain.groupby("rung")["m0"].sum().nunique() == 1


def test_saving_is_against_plain_on_the_same_rung_and_seed(data):
    medians = data[(data["kind"] == "median") & (data["label"] == "restricted")]
    saved = medians.set_index(["rung", "level"])
    for number, rung in enumerate(experiment.RUNGS):
        for level in (0.93, 0.95):
            row = saved.loc[(rung.name, level)]
            # Rates of spending are rounded down to whole numbers.
            assert row["m0 saving"] == pytest.approx(number + 1, rel=0.01)
            assert row["m1 saving"] == row["m0 saving"]
            assert row["m0 saving low"] <= row["m0 saving"] <= row["m0 saving high"]
    is_plain = data["label"] == "plain"
    assert data.loc[is_plain, "m0 saving"].isna().all()


def test_run_that_did_not_get_there_saves_nothing_and_is_open(data):
    last = data[(data["rung"] == LAST.name) & (data["label"] == "restricted") & (data["seed"] == 2)]
    last = last.set_index("level")
    assert last["converged"].tolist() == [True, False]
    assert np.isnan(last.loc[0.95, "m0 saving"])
    assert last.loc[0.93, "m0 saving"] > 0
    (row,) = [
        row
        for _, row in data[(data["kind"] == "median") & (data["level"] == 0.95)].iterrows()
        if (row["rung"], row["label"]) == (LAST.name, "restricted")
    ]
    assert (row["reached"], row["n"]) == (2, 3)


def test_rung_of_which_one_half_is_missing_is_left_out(runs):
    part = [run for run in runs if run.record["model"] != "rate" or run.record["rule"] == "plain"]
    rungs = set(experiment.analyse(part)["rung"])
    assert rungs == {rung.name for rung in experiment.RUNGS} - {"rate dynamics"}


def test_table_has_a_row_for_each_rung_accuracy_and_rule(data):
    table = experiment.tabulate(data)
    assert len(table) == 4 * len(experiment.RUNGS)
    row = table[(table["rung"] == LAST.name) & (table["level"] == 0.95) & (table["rule"] != "plain")].iloc[0]
    assert row["reached"] == "2/3"


def test_caption_says_what_is_saved_on_every_rung(data, runs):
    caption = fill_caption(experiment.CAPTION, runs, [], experiment.describe(data))
    assert "to 93 % and 95 % on mnist" in caption
    assert "200 hidden units on every rung; n = 3 seeds" in caption
    assert "artificial: M0 1 (1 to 1), M1 1 (1 to 1); rate dynamics: M0 2 (2 to 2)" in caption
    assert f"{Plasticity.parse(LAST.rule)} (homeostatic threshold, random feedback, {LAST.name})" in caption
    assert "Did not reach the goal: spiking with above" in caption


def test_figure_draws_what_the_csv_holds(data):
    with use_style():
        figure = experiment.plot(data)
    assert len(figure.axes) == 6
    runs = data[data["kind"] == "run"]
    drawn = (("m0",), ("m1",), ("m0 saving", "m1 saving")) * 2
    for number, (ax, columns) in enumerate(zip(figure.axes, drawn, strict=True)):
        here = runs[runs["level"] == (0.93, 0.95)[number // 3]]
        values = [line.get_xdata() for line in ax.lines if line.get_linestyle() == "None"]
        expected = pd.concat([here[column] for column in columns]).dropna()
        assert sorted(np.concatenate(values)) == sorted(expected.astype(float))
        assert ax.get_xscale() == "log"
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == [rung.name for rung in experiment.RUNGS]
    assert all(ax.get_xlabel() for ax in figure.axes[3:])
