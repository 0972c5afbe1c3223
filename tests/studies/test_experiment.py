import pytest

from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.studies.experiment import Experiment
from bioplast.studies.point import Point
from bioplast.training.config import RunConfig

NAMES = ("expected_seconds", "analyse", "tabulate", "plot")
WHOLE = "CAPTION = ''\n" + "".join(f"{name} = print\n" for name in NAMES)
GRID = "def make_grid(quick, seeds): return [quick, seeds]\n"
POINTS = """
def make_points(quick, seeds): return [{"load": 0.5, "seed": seeds}]
def measure(point, project): return [{"twice": 2 * point["load"]}]
def expected_point_seconds(point): return 10 * point["load"]
"""


def load(study, name, text):
    (study / "experiments" / f"{name}.py").write_text(text)
    return load_module("experiment", name, study)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("CAPTION = ''\ndef make_grid(quick, seeds): ...\n", "analyse, tabulate, plot, expected_seconds"),
        (WHOLE, "make_grid"),
        (WHOLE + GRID + "make_points = print\n", "measure, expected_point_seconds"),
        ("CAPTION = ''\nSOURCES = ('a', 'b')\n", "analyse, tabulate, plot"),
    ],
)
def test_a_file_that_lacks_something_is_refused_by_name(study, text, missing):
    with pytest.raises(RequestError, match=rf"half\.py must define {missing}$"):
        Experiment(load(study, "half", text))


def test_the_name_is_that_of_the_file(study):
    assert Experiment(load(study, "whole", WHOLE + GRID)).name == "whole"


def test_an_experiment_of_runs_has_no_points_and_nothing_more_to_say(study):
    experiment = Experiment(load(study, "whole", WHOLE + GRID))
    assert experiment.make_grid(True, 3) == [True, 3]
    assert experiment.make_points(True, 3) == []
    assert (experiment.sources, experiment.describe(None)) == ((), {})


def test_points_are_those_of_the_file_under_its_name(study):
    experiment = Experiment(load(study, "pointed", WHOLE + GRID + POINTS))
    (point,) = experiment.make_points(False, 2)
    assert point == Point("pointed", {"load": 0.5, "seed": 2})
    assert experiment.expect_seconds(point) == 5.0
    assert experiment.measure(point, study) == [{"twice": 1.0}]


def test_an_experiment_of_points_need_not_have_runs(study):
    text = "CAPTION = ''\nanalyse = tabulate = plot = print\n" + POINTS
    experiment = Experiment(load(study, "measured", text))
    assert (experiment.has_runs, experiment.has_points) == (False, True)
    assert experiment.make_grid(False, None) == []


def test_how_long_a_run_takes_is_asked_of_the_file(study):
    text = WHOLE + GRID + "def expected_seconds(config): return 7 * config.seed\n"
    assert Experiment(load(study, "timed", text)).expect_seconds(RunConfig("ann", seed=3)) == 21.0


def test_an_experiment_made_of_others_has_no_runs_of_its_own(study):
    text = "CAPTION = ''\nSOURCES = ('a', 'b')\nanalyse = tabulate = plot = print\n"
    experiment = Experiment(load(study, "derived", text))
    assert (experiment.sources, experiment.make_grid(False, None)) == (("a", "b"), [])
