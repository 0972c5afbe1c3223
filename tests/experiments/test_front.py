from pathlib import Path

import made_up
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.studies.tuned import read_tuned

front = load_module("experiment", "front", Path(__file__).parents[2])


def make_run(rule, seed, *, m0, samples, converged=True, model="ann", hidden=100):
    """A run with m0 a tenth, and accuracy 0.9, after 20,000 samples, and more of both at its end."""
    trace = [
        {"samples": 20_000, "online": 0.9, "validation": None, "m0": m0 // 10, "m1": 1.0},
        {"samples": samples, "online": 0.94, "validation": 0.95, "m0": m0, "m1": 2.0},
    ]
    values = {"m0": m0, "samples": samples, "converged": converged, "hidden": hidden}
    return made_up.make_run(model, rule, seed, trace=trace, **values)


@pytest.fixture(scope="module")
def tuned():
    return read_tuned("ann", "largest").rule


@pytest.fixture(scope="module")
def runs(tuned):
    """Plain 1000 writes; the tuned rule a tenth in twice the samples, largest(0.3) half in 1.2 times as many,
    and above(0.006) does not get there."""
    return [
        make_run(rule, seed, m0=m0 + seed, samples=samples, converged=converged)
        for rule, m0, samples, converged in (
            ("plain", 1000, 40_000, True),
            (tuned, 100, 80_000, True),
            ("largest(0.3, output=1)", 500, 48_000, True),
            ("above(0.006)", 10, 200_000, False),
        )
        for seed in (1, 2, 3)
    ]


@pytest.fixture(scope="module")
def data(runs):
    return front.analyze(runs)


def test_the_grid_has_all_settings_at_the_rates_that_were_tuned():
    runs = front.STUDY.list_runs()
    assert len(runs) == 3 * 2 * (1 + len(front.FRACTIONS) + len(front.THETAS)) * 10
    assert {run.seed for run in runs} == set(range(1, 11))
    for run in runs:
        kind = run.plasticity.selection.name
        assert run.options == dict(sorted(read_tuned(run.model, kind).options.items()))


def test_what_was_tuned_is_on_the_front():
    tried = {(run.model, run.rule) for run in front.STUDY.list_runs()}
    assert {
        (model, read_tuned(model, kind).rule) for model in front.NETWORKS for kind in front.RULES
    } <= tried


def test_a_row_a_setting_with_medians_at_the_goal_and_early(data, tuned):
    goal = data[data["panel"] == "goal"].set_index("rule")
    early = data[data["panel"] == "early"].set_index("rule")
    assert len(goal) == len(early) == 4
    assert goal.loc[tuned, ["m0", "samples", "reached"]].tolist() == [102, 80_000, 3]
    assert early.loc[tuned, ["m0", "online"]].tolist() == [10, 0.9]
    assert goal.loc["above(0.006)", ["m0", "samples"]].isna().all()
    assert early.loc["above(0.006)", "online"] == 0.9
    assert goal["chosen"].to_dict() == {rule: rule in ("plain", tuned) for rule in goal.index}


def test_the_headline_says_what_is_saved_where_learning_is_hardly_slower(data):
    best = front.find_bargains(data)
    assert best[["label", "setting"]].to_numpy().tolist() == [["largest(f)", 0.3]]
    assert best[["saving", "longer"]].to_numpy()[0] == pytest.approx([1002 / 502, 1.2])
    assert "2.0 (ann, largest(f)) times fewer writes" in front.headline(data)


def test_the_tuned_setting_is_drawn_large_with_its_value(data, tuned):
    with use_style():
        figure = front.plot(data)
    ax = figure.axes[0]
    large = [line for line in ax.lines if line.get_markersize() > 4 and len(line.get_xdata())]
    assert [line.get_xdata()[0] for line in large] == [1002, 102]
    assert [text.get_text() for text in ax.texts] == [f"f = {Plasticity.parse(tuned).selection.fraction:g}"]


def test_the_table_has_ratios_to_plain_on_the_same_seed(runs, tuned):
    table = front.summarize(runs).set_index("rule")
    assert table.loc[tuned, "m0 saving"] == pytest.approx(1002 / 102)
    assert table.loc["above(0.006)", ["reached", "m0 saving low"]].tolist() == ["0/3", 0.0]
