"""``bioplast list``, ``show`` and ``gc``."""

import json
import os
import re

import pytest

from bioplast.plasticity import RULES
from bioplast.tasks import TASKS


def test_list_names_everything_with_a_line_each(call):
    status, out, err = call("list")
    assert (status, err) == (0, "")
    for name in (*RULES, *TASKS, "tiny", "nothing", "DIR"):
        lines = [line.split() for line in out.splitlines() if re.match(rf"  {name}\b", line)]
        assert lines
        assert all(len(words) > 2 for words in lines)


def test_project_may_be_named_from_elsewhere(call, study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "tiny" not in call("list")[1]
    status, out, _ = call("list", "--project", study)
    assert status == 0
    assert "tiny" in out


def test_show_prints_a_run_by_its_folder_or_its_file(train, call, study):
    train("--out", study / "here", "--seed", 12)
    status, out, err = call("show", "here")
    assert (status, err) == (0, "")
    assert "seed 12" in out
    assert call("show", "here/run.json")[1] == out


def test_runs_are_listed_shown_by_key_and_cleaned_up(train, call, study, list_files, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    assert "0 runs in" in call("list", "--runs")[1]
    train("--seed", 12)
    train("--seed", 13, "--rule", "largest(0.5)")
    status, out, err = call("list", "--runs")
    assert (status, err) == (0, "")
    assert "2 runs in" in out
    folders = sorted((study / "results" / "train").iterdir())
    assert all(folder.name in out for folder in folders)
    assert "1 runs in" in call("list", "--runs", "--where", "seed=12", "--where", "model=tiny")[1]
    for folder in folders:
        assert call("show", folder.name[:8])[1] == call("show", folder)[1]
    before = list_files(study)
    status, out, err = call("gc")
    assert out.count("checkpoint of a finished run") == 2
    assert list_files(study) == before
    call("gc", "--delete")
    assert sorted({path.name for path in list_files(study / "results") if path.is_file()}) == [
        "run.json",
        "trace.csv",
        "weights.npz",
    ]
    assert call("show", folders[0].name)[0] == 0


DAMAGES = {
    "longer row": ("trace.csv", lambda text: text.replace("\n", ",7,8\n").replace(",7,8", "", 1)),
    "lost quote": ("trace.csv", lambda text: text.replace("\n", '\n"', 1)),
    "a word": ("trace.csv", lambda text: text.replace("100", "many")),
    "nesting": ("run.json", lambda text: "[" * 100_000),
    "wrong type": ("run.json", lambda text: text.replace('"hidden": 8', '"hidden": [8]')),
    "no group": ("run.json", lambda text: text.replace('"energy": {', '"energy": 3, "x": {')),
    "huge number": ("run.json", lambda text: text.replace('"samples": 100', '"samples": 1' + "0" * 400)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_run_is_told_in_one_line(train, call, study, name):
    train()
    (folder,) = (study / "results" / "train").iterdir()
    path = folder / DAMAGES[name][0]
    text = path.read_text()
    path.write_text(DAMAGES[name][1](text))
    assert path.read_text() != text
    status, out, err = call("show", folder)
    assert (status, out) == (2, "")
    assert re.fullmatch(r"bioplast: run: .* (is damaged: .*|is not finished but damaged: .*)\n", err)
    status, out, err = call("list", "--runs")
    assert (status, err) == (0, "")
    assert "damaged" in out


def test_brackets_in_a_note_are_no_markup(call, study):
    folder = study / "results" / "any" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "failure.json").write_text(
        json.dumps({"reason": "[/red] is [bold]odd", "config": {"model": "[/x]"}})
    )
    status, out, err = call("list", "--runs")
    assert (status, err) == (0, "")
    assert "[/red] is [bold]odd" in out
    assert "[/x]" in out


@pytest.mark.parametrize("text", ["[" * 100_000, '{"reason": 3}', '{"reason": "x", "config": 3}', "[]", "\0"])
def test_damaged_note_is_as_none(call, study, text):
    folder = study / "results" / "any" / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "failure.json").write_text(text)
    status, out, err = call("list", "--runs")
    assert (status, err) == (0, "")
    assert "0 runs in" in out


def test_list_tells_of_models_that_are_no_python(call, study):
    models = study / "models"
    (models / "odd.py").write_text("(" * 100_000)
    (models / "folder.py").mkdir()
    (models / "loop.py").symlink_to("loop.py")
    status, out, err = call("list")
    assert (status, err) == (0, "")
    assert "(not Python: " in out
    assert call("train", "loop")[2].startswith("bioplast: model: no model 'loop'; there are ann, odd, ")


def test_runs_are_outdated_by_the_project_that_is_named(call, train, study, tmp_path, monkeypatch):
    """Runs kept elsewhere, and a project that others can write to: named, its files count."""
    results = tmp_path / "kept"
    assert train("--out", results / "by-hand" / "one")[0] == 0
    model = study / "models" / "tiny.py"
    model.write_text(model.read_text().replace("LEARNING_RATE = 0.1", "LEARNING_RATE = 0.2"))
    (study / "models").chmod(0o777)
    monkeypatch.chdir(tmp_path)
    _, out, _ = call("list", "--runs", "--results", results)
    assert "finished" in out
    _, out, _ = call("list", "--runs", "--results", results, "--project", study)
    assert "outdated" in out


def test_a_pipe_in_place_of_a_record_is_not_waited_for(call, tmp_path):
    folder = tmp_path / "runs" / "one" / "two"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "run.json")
    status, _, errors = call("show", folder)
    assert status == 2
    assert errors.count("\n") == 1
    assert call("list", "--runs", "--results", tmp_path / "runs")[0] == 0
