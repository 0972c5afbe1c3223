import pickle
import sys

import pytest

from bioplast import loading, project
from bioplast.errors import RequestError


def test_project_is_found_from_anywhere_inside(study, monkeypatch):
    inside = study / "results" / "deep"
    inside.mkdir(parents=True)
    assert project.find_project(inside) == study
    monkeypatch.chdir(inside)
    assert project.find_project() == study


def test_a_folder_outside_any_project_adds_nothing_to_the_library(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "models").mkdir()  # alone, that may be anything
    assert project.search_project(inside) is None
    assert project.find_project(inside) == inside
    assert list(project.list_models(inside)) == [
        "ann",
        "perceptron",
        "rate",
        "recurrent",
        "recurrent_rate",
        "rnn",
        "spiking",
    ]
    assert "compare" in project.list_experiments(inside)


@pytest.mark.parametrize("folder", project.FOLDERS)
def test_the_working_directory_may_add_what_it_wants(tmp_path, folder):
    (tmp_path / folder).mkdir()
    assert project.search_project(tmp_path) == tmp_path == project.open_project(tmp_path)


def test_a_file_of_the_project_comes_before_the_library_s(study):
    (study / "models" / "rate.py").write_text('"""My own rate network."""\nN_HIDDEN = 7\n')
    assert loading.load_module("model", "rate", study).N_HIDDEN == 7
    assert project.list_models(study)["rate"] == "My own rate network."
    assert loading.load_module("model", "ann", study).__file__ == str(project.STUDY / "models" / "ann.py")


def test_project_of_somebody_else_is_run_only_if_it_is_named(study, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: study.stat().st_uid + 1)
    with pytest.raises(RequestError, match=r"project: \S+ belongs to another user, .* --project DIR"):
        project.find_project(study)
    assert project.open_project(study) == study


def test_nobody_looks_beyond_a_folder_of_somebody_else(study, monkeypatch):
    inside = study / "inside"
    inside.mkdir()
    monkeypatch.setattr("os.geteuid", lambda: study.stat().st_uid + 1)
    assert project.search_project(inside) is None


@pytest.mark.parametrize("folder", [".", "models", "experiments"])
def test_project_that_everybody_can_write_to_is_run_only_if_it_is_named(study, folder):
    inside = study / "inside"
    inside.mkdir()
    (study / folder).chmod(0o1777)
    with pytest.raises(RequestError, match=r"can be written to by everybody, .* --project DIR"):
        project.find_project(inside)
    assert project.open_project(study) == study


def test_named_folder_must_itself_be_a_project(study):
    assert project.open_project(study) == study
    for wrong in (study / "models", study / "nowhere"):
        with pytest.raises(
            RequestError, match=r"must be a folder with models/, experiments/, rules/ or tasks/"
        ):
            project.open_project(wrong)


def test_lists_files_with_the_first_line_of_their_docstring(study):
    (study / "models" / "_shared.py").write_text('"""Not a model."""\n')
    (study / "models" / "half-done.py").write_text('"""No module can have this name."""\n')
    (study / "models" / "bare.py").write_text("raise SystemExit('listing must not run this')\n")
    (study / "models" / "broken.py").write_text("def\n")
    models = project.list_models(study)
    assert set(models) - set(project.list_models(study / "nowhere")) == {"bare", "broken", "tiny"}
    assert list(models) == sorted(models)
    assert models["tiny"].startswith("A small tanh network")
    assert models["bare"] == "(no docstring)"
    assert models["broken"].startswith("(not Python:")
    assert "nothing" in project.list_experiments(study)


@pytest.mark.parametrize("name", ["rat", "../models/tiny", "tiny.py", "", "models.tiny", "_shared"])
def test_unknown_model_lists_those_there_are(study, name):
    (study / "models" / "_shared.py").write_text("")
    with pytest.raises(RequestError, match=r"no model '.*'; there are ann, .*, tiny, those in .*models"):
        loading.load_module("model", name, study)


def test_unknown_experiment_lists_those_there_are(study):
    with pytest.raises(
        RequestError, match=r"no experiment 'tiny'; there are .*, nothing, .* those in .*exper"
    ):
        loading.load_module("experiment", "tiny", study)


def test_module_is_loaded_once_and_its_classes_can_be_pickled(study):
    module = loading.load_module("model", "tiny", study)
    assert loading.load_module("model", "tiny", study) is module
    assert sys.modules["bioplast_models.tiny"] is module
    assert pickle.loads(pickle.dumps(module.Tiny)) is module.Tiny


def test_same_name_in_another_project_is_another_module(study, tmp_path):
    module = loading.load_module("model", "tiny", study)
    for folder in ("models", "experiments"):
        (tmp_path / "other" / folder).mkdir(parents=True)
    (tmp_path / "other" / "models" / "tiny.py").write_text("N_HIDDEN = 3\n")
    other = loading.load_module("model", "tiny", tmp_path / "other")
    assert other is not module
    assert other.N_HIDDEN == 3


def test_module_that_fails_leaves_nothing_half_loaded(study):
    (study / "models" / "failing.py").write_text("1 / 0\n")
    with pytest.raises(
        RequestError, match=r"failing.py cannot be loaded: line 1: ZeroDivisionError: division"
    ):
        loading.load_module("model", "failing", study)
    assert "bioplast_models.failing" not in sys.modules
