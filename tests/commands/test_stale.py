"""A run that is found again is the run that would be made; nothing takes the place of another."""

import json
import os
import shutil
import subprocess

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.tasks import load_task
from bioplast.training import RunConfig, load_network, set_up
from bioplast.training.checkpointer import Checkpointer
from bioplast.training.record import read_run
from bioplast.training.revisions import REVISIONS
from bioplast.training.versions import find_commit


@pytest.fixture
def model(study):
    return study / "models" / "tiny.py"


@pytest.fixture
def interrupt(train, monkeypatch):
    """Train with some options, and stop after the first 2,000 trials."""

    def run(*options):
        keep = Checkpointer.pass_chunk

        def stop(checkpointer, state, position):
            keep(checkpointer, state, position)
            if position.samples == 2000:
                checkpointer.keep(state, position)
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Checkpointer, "pass_chunk", stop)
            assert train("--max-samples", 4000, "--goal", 1, *options)[0] == 1

    return run


def find_key(study, patterns, **values):
    return set_up(RunConfig("tiny", task=str(patterns), **values), project=study).config.key


def edit(path, before, after):
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_an_edited_network_is_another_run_and_a_comment_is_not(study, patterns, model):
    key = find_key(study, patterns)
    edit(model, "LEARNING_RATE = 0.1", "# how fast\n\nLEARNING_RATE = (0.1)  # as ever")
    edit(model, '"""A small tanh network', '"""A network of tanh units: a small tanh network')
    assert find_key(study, patterns) == key
    edit(model, "np.tanh(pre @ hidden.weights)", "np.tanh(2 * pre @ hidden.weights)")
    assert find_key(study, patterns) != key


def test_a_file_that_the_network_uses_counts_as_the_network_does(study, patterns, model, monkeypatch):
    helper = study / "scaling_of_tiny.py"
    helper.write_text("SCALE = 0.1\n")
    monkeypatch.syspath_prepend(study)
    edit(model, "N_HIDDEN = 8", "import scaling_of_tiny\n\nN_HIDDEN = 8")
    key = find_key(study, patterns)
    helper.write_text("SCALE = 0.2\n")
    assert find_key(study, patterns) != key


def test_a_file_edited_within_a_process_is_loaded_again(study, model):
    first = load_module("model", "tiny", study)
    status = model.stat()
    edit(model, "N_HIDDEN = 8", "N_HIDDEN = 9")
    os.utime(model, ns=(status.st_atime_ns, status.st_mtime_ns))  # as within one tick of the clock
    assert load_module("model", "tiny", study).N_HIDDEN == 9
    assert first.N_HIDDEN == 8


def test_other_images_in_the_same_folder_are_another_run(study, patterns, tmp_path):
    key = find_key(study, patterns)
    copy = tmp_path / "copy"
    shutil.copytree(patterns, copy)
    assert find_key(study, copy) == key
    labels = copy / "train-labels-idx1-ubyte"
    content = labels.read_bytes()
    labels.write_bytes(content[:8] + content[9:] + content[8:9])
    assert find_key(study, copy) != key


@pytest.mark.parametrize("part", ["training", "numeric", "rule largest", "protocol standard"])
def test_a_raised_revision_makes_other_runs_of_what_depends_on_it(patterns, monkeypatch, part, request):
    project = request.config.rootpath
    config = RunConfig("ann", "largest(0.1)", task=str(patterns))
    before = set_up(config, project=project).config
    kind = part.partition(" ")[0]
    if kind == "rule":
        monkeypatch.setattr("bioplast.plasticity.largest.Largest.revision", 2)
    elif kind == "protocol":
        monkeypatch.setattr("bioplast.training.standard.Standard.revision", 2)
    else:
        monkeypatch.setitem(REVISIONS, part, REVISIONS[part] + 1)
    assert set_up(config, project=project).config.key != before.key
    with pytest.raises(RequestError, match=f"{part} had revision 1, and has 2"):
        set_up(before, project=project)


def test_outdated_runs_are_listed_with_the_reason_and_stay(train, call, study, model):
    train()
    (folder,) = (study / "results" / "train").iterdir()
    edit(model, "LEARNING_RATE = 0.1", "LEARNING_RATE = 0.2")
    status, out, _ = call("list", "--runs")
    assert status == 0
    assert "outdated" in out
    assert "the code of models/tiny.py is another" in out
    call("gc", "--delete")
    assert read_run(folder)
    train()
    assert len(list((study / "results" / "train").iterdir())) == 2
    call("gc", "--delete", "--outdated")
    assert not folder.exists()


def test_an_interrupted_run_does_not_go_on_with_another_network(interrupt, train, study, model):
    interrupt("--out", study / "here")
    interrupt()
    edit(model, "LEARNING_RATE = 0.1", "LEARNING_RATE = 0.2")
    for options in (["--out", study / "here"], []):
        status, out, err = train("--max-samples", 4000, "--goal", 1, "--resume", *options)
        assert (status, out) == (2, "")
        assert "the code of models/tiny.py is another" in err
        assert err.count("\n") == 1


def test_an_interrupted_run_does_not_go_on_with_other_images(interrupt, train, study, patterns):
    interrupt("--out", study / "here")
    images = patterns / "train-images-idx3-ubyte"
    content = bytearray(images.read_bytes())
    content[-1] ^= 1
    images.write_bytes(content)
    status, _, err = train("--max-samples", 4000, "--goal", 1, "--resume", "--out", study / "here")
    assert status == 2
    assert "the task's images or labels are others" in err


def test_a_run_onto_itself_is_shown_and_onto_another_refused(train, study):
    out = study / "here"
    first = json.loads(train("--out", out, "--json")[1])
    written = (out / "run.json").stat().st_ino
    assert json.loads(train("--out", out, "--json")[1]) == first
    assert (out / "run.json").stat().st_ino == written
    again = json.loads(train("--out", out, "--json", "--fresh")[1])
    assert again["energy"] == first["energy"]
    assert (out / "run.json").stat().st_ino != written
    for options in (["--seed", 2], ["--seed", 2, "--fresh"], ["--rule", "largest(0.5)"]):
        status, _, err = train("--out", out, *options)
        assert status == 2
        assert "holds another run" in err
    assert read_run(out).record == again


def test_an_interrupted_run_is_not_begun_anew_unasked(interrupt, train, study):
    interrupt("--out", study / "here")
    options = ("--max-samples", 4000, "--goal", 1, "--out", study / "here")
    status, _, err = train(*options)
    assert status == 2
    assert "--resume goes on with it, --fresh begins anew" in err
    status, _, err = train(*options, "--seed", 2, "--fresh")
    assert status == 2
    assert "holds another run, interrupted: its seed is 1, not 2" in err
    assert train(*options, "--fresh")[0] == 0


@pytest.mark.parametrize("name", ["run.json", "trace.csv"])
def test_every_changed_digit_is_found(train, study, name):
    train("--out", study / "here")
    path = study / "here" / name
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    places = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    for place in rng.choice(places, 30, replace=False):
        digit = (content[place] - 48 + 1) % 10
        path.write_bytes(content[:place] + b"%d" % digit + content[place + 1 :])
        with pytest.raises(RequestError, match="is damaged"):
            read_run(study / "here")


def test_a_trained_network_is_evaluated_again(train, call, study, patterns, tmp_path):
    record = json.loads(train("--out", study / "here", "--json")[1])
    trained = load_network(study / "here")
    assert trained.evaluate(load_task(str(patterns))) == record["accuracy"]["test"]
    for layer in trained.state.layers:
        energy = record["energy"]["layers"][layer.name]
        assert int(layer.books.m0.sum()) == energy["m0"]
        assert layer.books.m1.sum() == pytest.approx(energy["m1"], rel=1e-12)
    swapped = tmp_path / "swapped"
    shutil.copytree(patterns, swapped)
    for kind in ("images-idx3", "labels-idx1"):
        shutil.copy(patterns / f"train-{kind}-ubyte", swapped / f"t10k-{kind}-ubyte")
    status, out, err = call("evaluate", study / "here", "--task", swapped, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found["n_images"] == 240
    assert found["accuracy"] == trained.evaluate(load_task(str(swapped)))
    (study / "here" / "weights.npz").unlink()
    status, _, err = call("evaluate", study / "here")
    assert status == 2
    assert "no weights at" in err


def git(folder, *arguments):
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(study):
    git(study, "init", "-q")
    git(study, "add", ".")
    git(study, "commit", "-qm", "one")
    return study


def test_the_commit_is_that_of_the_study_and_says_what_it_lacks(repository, tmp_path, monkeypatch):
    commit = find_commit(repository)
    assert len(commit) == 40
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "commit", "-qm", "two", "--allow-empty")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert find_commit(repository) == commit
    monkeypatch.delenv("GIT_DIR")
    (repository / "notes.txt").write_text("")
    assert find_commit(repository) == commit
    (repository / "models" / "mine.py").write_text("")
    assert find_commit(repository) == f"{commit}-dirty (without models/mine.py)"
    edit(repository / "models" / "tiny.py", "N_HIDDEN = 8", "N_HIDDEN = 9")
    (repository / "models" / "mine.py").unlink()
    assert find_commit(repository) == f"{commit}-dirty"


def test_a_checkout_of_somebody_else_is_said(repository):
    told = []
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345)
    assert find_commit(repository, told.append) is None
    (line,) = told
    assert line.startswith(f"commit: git does not tell that of {repository}")
    assert "ownership" in line
