import pytest

from bioplast.errors import RequestError
from bioplast.project import load_experiment_module
from bioplast.studies.experiment import as_experiment, name_experiment


def load(study, name, text):
    (study / "experiments" / f"{name}.py").write_text(text)
    return load_experiment_module(name, study)


def test_a_file_that_lacks_something_is_refused_by_name(study):
    module = load(study, "half", '"""Half."""\nCAPTION = ""\ndef make_grid(quick, seeds): ...\n')
    with pytest.raises(RequestError, match=r"half\.py must define expected_seconds, analyse, tabulate, plot"):
        as_experiment(module)


def test_a_complete_file_is_taken_as_it_is(study):
    names = ("make_grid", "expected_seconds", "analyse", "tabulate", "plot")
    module = load(study, "whole", "CAPTION = ''\n" + "".join(f"{name} = print\n" for name in names))
    assert as_experiment(module) is module


def test_the_name_is_that_of_the_file(study):
    assert name_experiment(load(study, "whole", "")) == "whole"
