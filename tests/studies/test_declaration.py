import pandas as pd
import pytest

from bioplast.errors import RequestError
from bioplast.figures.style import make_figure
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid

GRID = Grid(model="ann", rule=["plain", "largest(0.1)"], seeds=2)


def make_study(**changes):
    return Study(**{"plot": print, "caption": "", "grid": GRID} | changes)


def measure(point, project):
    return []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grid": ()}, "Study: must have a grid of runs, points, or sources alone"),
        ({"sources": ["a"]}, "Study: must have a grid of runs, points, or sources alone"),
        ({"points": GRID, "analyze": print}, "Study.measure: must be there where there are points"),
        ({"measure": measure}, "Study.measure: must be there where there are points, and only there"),
        ({"points": GRID, "measure": measure}, "Study.analyze: must be there"),
        ({"tabulate": print, "summarize": print}, "Study: must not have both tabulate and summarize"),
        ({"grid": Grid(modle="ann")}, "Study.grid: no setting 'modle' of a run; there are .*model"),
        ({"quick": [GRID, Grid(settings={})]}, "Study.grid: no setting 'settings' of a run"),
    ],
)
def test_what_is_missing_or_does_not_go_together_is_refused_where_it_is_made(changes, message):
    with pytest.raises(ValueError, match=message):
        make_study(**changes)


def test_runs_are_those_of_all_grids():
    study = make_study(grid=[GRID, Grid(model="rate")])
    assert [(run.model, run.rule, run.seed) for run in study.list_runs()] == [
        ("ann", "plain", 1),
        ("ann", "plain", 2),
        ("ann", "largest(0.1)", 1),
        ("ann", "largest(0.1)", 2),
        ("rate", "plain", 1),
    ]
    assert len(study.list_runs(seeds=3)) == 9
    assert study.list_points() == []


def test_without_a_quick_form_the_same_grid_has_one_seed():
    assert len(make_study().list_runs(quick=True)) == 2
    assert len(make_study().list_runs(quick=True, seeds=3)) == 6


def test_a_quick_form_has_its_own_seeds():
    study = make_study(quick=Grid(model="ann", seeds=2))
    assert [run.seed for run in study.list_runs(quick=True)] == [1, 2]


def test_points_are_settings_with_a_seed():
    study = make_study(grid=(), points=Grid(load=[0.5, 1.0]), measure=measure, analyze=print)
    assert study.list_points() == [{"load": 0.5, "seed": 1}, {"load": 1.0, "seed": 1}]
    assert study.list_runs() == []


def test_a_value_that_a_run_cannot_have_is_refused_with_its_name():
    with pytest.raises(RequestError, match=r"goal.*1\.5"):
        make_study(grid=Grid(model="ann", goal=[0.9, 1.5])).list_runs()


def test_a_grid_alone_is_analyzed_by_its_rules_and_tabled_by_their_medians(make_run):
    runs = [
        make_run(rule=rule, seed=seed, m0=m0 * seed)
        for rule, m0 in (("plain", 100), ("largest(0.1)", 10))
        for seed in (1, 2, 3)
    ]
    study = make_study()
    data = study.compute(runs)
    assert data["kind"].tolist() == ["run"] * 6 + ["median"] * 2
    table = study.make_table(data, runs).set_index("rule")
    assert table["m0"].tolist() == [200, 20]
    assert table["reached"].tolist() == ["3/3", "3/3"]
    assert study.tell(data) == {}


def test_a_table_is_of_what_is_drawn_or_of_what_was_found(make_run):
    drawn, found = pd.DataFrame({"x": [1]}), [make_run()]
    assert make_study(tabulate=lambda data: data + 1).make_table(drawn, found)["x"].tolist() == [2]
    assert make_study(summarize=len).make_table(drawn, found) == 1


def test_the_headline_stands_above_the_figure_and_says_what_is_drawn():
    data = pd.DataFrame({"saving": [4.0]})

    def plot(data):
        figure = make_figure(85, 50)
        figure.subplots().plot(data["saving"])
        return figure

    study = make_study(plot=plot, headline=lambda data: f"Saves {data['saving'].max():g} times.")
    assert study.say(data) == "Saves 4 times."
    assert study.draw(data).get_suptitle() == "Saves 4 times."
    plain = make_study(plot=plot)
    assert plain.say(data) == ""
    assert plain.draw(data).get_suptitle() == ""
