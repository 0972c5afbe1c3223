import pytest

from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.studies.experiment import Experiment
from bioplast.studies.point import Point

HEAD = """
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
"""
WHOLE = HEAD + "STUDY = Study(grid=Grid(model='ann', seeds=2), plot=print, caption='Words.')"
POINTED = (
    HEAD
    + """
def measure(point, project): return [{"twice": 2 * point["load"]}]
STUDY = Study(points=Grid(load=[0.5], seeds=2), measure=measure, analyze=print, plot=print, caption="")
"""
)


def load(study, name, text):
    (study / "experiments" / f"{name}.py").write_text(text)
    return load_module("experiment", name, study)


@pytest.mark.parametrize("text", ["", "STUDY = 3"])
def test_a_file_without_a_study_is_refused_by_name(study, text):
    with pytest.raises(RequestError, match=r"half\.py must define STUDY, a bioplast"):
        Experiment(load(study, "half", text))


def test_a_study_that_lacks_something_is_refused_with_its_line(study):
    text = HEAD + "STUDY = Study(plot=print, caption='')"
    with pytest.raises(RequestError, match=r"half\.py cannot be loaded: line 4: ValueError: Study: must "):
        load(study, "half", text)


def test_an_experiment_is_its_file_s_study_under_the_file_s_name(study):
    experiment = Experiment(load(study, "whole", WHOLE))
    assert (experiment.name, experiment.caption, experiment.sources) == ("whole", "Words.", ())
    assert [config.seed for config in experiment.make_grid(False, None)] == [1, 2]
    assert experiment.make_points(True, 3) == []
    assert (experiment.has_runs, experiment.has_points) == (True, False)


def test_points_are_measured_by_the_file(study):
    experiment = Experiment(load(study, "pointed", POINTED))
    points = experiment.make_points(False, 1)
    assert points == [Point("pointed", {"load": 0.5, "seed": 1})]
    assert experiment.measure(points[0], study) == [{"twice": 1.0}]
    assert (experiment.has_runs, experiment.make_grid(False, None)) == (False, [])
    assert points[0].provenance["code"]["experiments/pointed.py"]


@pytest.mark.parametrize("change", [("2 * point", "3 * point"), ("load=[0.5]", "load=[0.25]")])
def test_points_of_other_code_are_other_points(study, change):
    before = Experiment(load(study, "pointed", POINTED)).make_points(False, 1)
    after = Experiment(load(study, "pointed", POINTED.replace(*change))).make_points(False, 1)
    assert before[0].key != after[0].key
    # What is drawn of them does not count.
    other = POINTED.replace("analyze=print", "analyze=len")
    again = Experiment(load(study, "pointed", other)).make_points(False, 1)
    assert again[0].key == before[0].key


def test_the_network_that_a_point_names_counts(study):
    text = POINTED.replace("load=[0.5]", "load=[0.5], network='tiny'")
    (point,) = Experiment(load(study, "pointed", text)).make_points(False, 1)
    assert "models/tiny.py" in point.provenance["code"]


def test_what_measures_must_be_a_function_of_the_file(study):
    text = POINTED.replace("measure=measure", "measure=lambda point, project: []")
    with pytest.raises(RequestError, match=r"Study.measure: must be a function of .*pointed\.py"):
        Experiment(load(study, "pointed", text)).make_points(False, 1)
