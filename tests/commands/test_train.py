"""``bioplast train``: what it writes, what it refuses and how it ends."""

import json
import os
import re
from pathlib import Path

import pytest

from bioplast.training import load_network
from bioplast.training.checkpointer import Checkpointer
from bioplast.training.record import read_run

ROOT = Path(__file__).parents[2]


def test_train_writes_into_the_folder_of_its_key(train, study):
    status, out, err = train()
    assert (status, err) == (0, "")
    (folder,) = (study / "results" / "train").iterdir()
    run = read_run(folder)
    assert folder.name == run.record["key"]
    assert len(run.trace) == 1
    assert "tiny, plain, 8 hidden units, seed 1" in out
    assert str(folder) in out


def test_json_is_the_record_and_the_last_line(train, study):
    options = ("--rule", "largest(0.1)", "--hidden", 4, "--goal", 0.5, "--seed", 0, "--out", study / "here")
    status, out, err = train("--json", *options)
    assert (status, err) == (0, "")
    record = json.loads(out.splitlines()[-1])
    assert record == read_run(study / "here").record
    assert [record[name] for name in ("model", "rule", "hidden", "seed")] == ["tiny", "largest(0.1)", 4, 0]
    assert (record["config"]["goal"], record["config"]["max_samples"]) == (0.5, 100)
    assert not (study / "results").exists()


def test_set_changes_a_setting_of_the_network(train, study):
    status, out, _ = train("--set", "learning_rate=0.5", "--json")
    assert status == 0
    record = json.loads(out)
    assert record["config"]["options"] == {"learning_rate": 0.5}
    assert record["config"]["settings"]["learning_rate"] == 0.5
    _, out, _ = train("--set", "learning_rate=0.5", "--resume")
    assert "tiny, plain, learning_rate=0.5, 8 hidden units, seed 1" in out


def test_folder_of_a_task_means_the_same_from_anywhere(call, patterns, study):
    relative = os.path.relpath(patterns, study)
    _, out, _ = call("train", "tiny", "--task", relative, "--max-samples", "5", "--json")
    _, same, _ = call("train", "tiny", "--task", patterns, "--max-samples", "5", "--json")
    assert json.loads(out)["key"] == json.loads(same)["key"]


def test_diverged_run_ends_well_and_says_what_to_lower(call, patterns, study):
    text = (study / "models" / "tiny.py").read_text()
    (study / "models" / "wild.py").write_text(text.replace("LEARNING_RATE = 0.1", "LEARNING_RATE = 1e200"))
    status, out, err = call("train", "wild", "--task", patterns, "--max-samples", "100", "--json")
    assert status == 0
    assert "NaN" not in out.replace("became NaN", "")
    record = json.loads(out, parse_constant=pytest.fail)
    assert (record["diverged"], record["converged"]) == (True, False)
    assert "lower learning_rate (1e+200)" in err
    assert "lower learning_rate (1e+200)" in record["message"]


BAD_OPTIONS = [
    (["--rule", "largest(1.5)"], r"Largest.fraction: must be in (0, 1], got 1.5"),
    (["--rule", "largest(0)"], r"Largest.fraction: must be in (0, 1], got 0"),
    (["--rule", "greatest(0.1)"], "no rule 'greatest'; there are above, adam, cache, fixed, largest"),
    (["--rule", "__import__('os')"], "rule: "),
    (["--rule", "subnet(9)"], "Subnet.units: must be at most the 8 hidden units, got 9"),
    (["--hidden", "0"], "--hidden: must be a whole number >= 1, got '0'"),
    (["--hidden", "many"], "--hidden: must be a whole number >= 1, got 'many'"),
    (["--goal", "0"], "goal: must be in (0, 1], got 0.0"),
    (["--goal", "1.01"], "goal: must be in (0, 1], got 1.01"),
    (["--goal", "nan"], "goal: must be in (0, 1], got nan"),
    (["--goal", "high"], "--goal: must be a number, got 'high'"),
    (["--seed", "-1"], "--seed: must be a whole number >= 0, got '-1'"),
    (["--seed", "1" + "0" * 30], "--seed: must be at most 9223372036854775807, got 1000"),
    (["--max-samples", "1" + "0" * 30], "--max-samples: must be at most 4294967296, got 1000"),
    (
        ["--hidden", "1" + "0" * 15],
        "--hidden: a network of 16-1000000000000000-3 units needs ",
    ),
    (["--hidden", "1" + "0" * 30], "units needs at least 5e+23 GB of memory, "),
    (["--hidden", "9" * 5000], "--hidden: must be a whole number >= 1, got '9999"),
    (["--set", "x=" + "[" * 100_000], "--set: tiny has no setting 'x'"),
    (
        ["--set", "learning_rate=" + "[" * 100_000],
        "--set: learning_rate of tiny must be a number, got '[[[",
    ),
    (["--task", "x" * 300], "--task: cannot be used (File name too long), got 'xxx"),
    (["--task", "nul\0"], "--task: cannot be used (embedded null byte), got 'nul"),
    (["--out", "x" * 300], "--out: cannot be used (File name too long), got 'xxx"),
    (["--out", "nul\0"], "Invalid value for '--out': "),
    (["--project", "x" * 300], "--project: cannot be used (File name too long), got 'xxx"),
    (["--project", "nul\0"], "Invalid value for '--project': "),
    (["--max-samples", "0"], "--max-samples: must be a whole number >= 1, got '0'"),
    (["--protocol", "secret"], "no protocol 'secret'; there are standard"),
    (["--set", "learning_rate"], "--set: must be NAME=VALUE, got 'learning_rate'"),
    (["--set", "=1"], "--set: must be NAME=VALUE, got '=1'"),
    (["--set", "rate=1"], "--set: tiny has no setting 'rate'; there are learning_rate, scales"),
    (["--set", "learning_rate=low"], "--set: learning_rate of tiny must be a number, got 'low'"),
    (["--set", "learning_rate=true"], "--set: learning_rate of tiny must be a number, got True"),
    (["--set", "learning_rate=NaN"], "learning_rate must be true or false, a number or a word, got nan"),
    (["--set", "learning_rate=1", "--set", "learning_rate=2"], "--set: learning_rate is given twice"),
    (["--shift", "much"], "--shift: must be a whole number >= 0, got 'much'"),
    (["--interval", "0"], "--interval: must be a whole number >= 1, got '0'"),
    (["--falling"], "falling: tiny does not multiply its learning rates by those of its trials (has_rates)"),
    (["--device", "gpu"], "--device: must be one of cpp_standalone, runtime, numba, got 'gpu'"),
    (["--device", "runtime"], "device: tiny has no device 'runtime'; use cpp_standalone"),
    (["--task", "nowhere"], "task: must be mnist, fashion-mnist"),
    (["--out", "models/tiny.py/deeper"], "out: cannot write to "),
    (["--out", "/proc/bioplast"], "out: cannot write to /proc/bioplast"),
    (
        ["--project", "models"],
        "project: models must be a folder with models/, experiments/, rules/ or tasks/",
    ),
    (["another"], "another"),
]


@pytest.mark.parametrize(
    ("options", "message"), BAD_OPTIONS, ids=[" ".join(row[0])[:40] for row in BAD_OPTIONS]
)
def test_bad_option_gets_one_line_and_nothing_is_written(train, study, options, message, list_files):
    before = list_files(study)
    status, out, err = train(*options)
    assert (status, out) == (2, "")
    assert err.startswith("bioplast: ")
    assert err.count("\n") == 1
    assert message in err
    assert list_files(study) == before


def test_stopped_run_is_kept_and_resume_goes_on(train, study, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    options = ("--max-samples", 6000, "--goal", 1, "--out", study / "here", "--json")
    whole = json.loads(train("--max-samples", 6000, "--goal", 1, "--out", study / "whole", "--json")[1])

    def stop(checkpointer, state, position):
        keep(checkpointer, state, position)
        if position.samples == 2000:
            checkpointer.keep(state, position)
            raise KeyboardInterrupt

    keep = Checkpointer.pass_chunk
    monkeypatch.setattr(Checkpointer, "pass_chunk", stop)
    status, out, err = train(*options)
    assert (status, out) == (1, "")
    assert err == "bioplast: kept after 2,000 samples; --resume goes on from there\nbioplast: interrupted\n"
    assert not (study / "here" / "run.json").exists()
    monkeypatch.setattr(Checkpointer, "pass_chunk", keep)
    status, out, err = train(*options, "--resume")
    assert (status, err) == (0, "")
    for name in ("energy", "samples", "accuracy", "signalling"):
        assert json.loads(out)[name] == whole[name]
    finished = json.loads(out)
    # What is finished is shown.
    assert json.loads(train(*options, "--resume")[1]) == finished


def test_verbose_says_what_is_found_and_kept(train, study, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    options = ("--max-samples", 300, "--out", study / "here", "--verbose")
    assert f"training.checkpointer: kept after 300 samples in {study / 'here'}\n" in train(*options)[2]
    assert f"found in {study / 'here'}\n" in train(*options)[2]
    assert train(*options[:-1])[2] == ""


def test_resume_where_the_record_is_damaged_makes_it_again(train, study):
    whole = json.loads(train("--out", study / "here", "--json")[1])
    record = study / "here" / "run.json"
    record.write_text(record.read_text()[:200])
    status, out, err = train("--out", study / "here", "--json", "--resume")
    assert status == 0
    assert re.fullmatch(r"bioplast: run: .*here is damaged: .*; it is carried out again\n", err)
    assert json.loads(out)["energy"] == whole["energy"]


def test_resume_of_another_run_s_folder_is_refused_and_leaves_it_alone(train, study, list_files, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    train("--out", study / "here")
    before = {path: path.read_bytes() for path in list_files(study / "here")}
    status, out, err = train("--out", study / "here", "--seed", 2, "--resume")
    assert (status, out) == (2, "")
    assert "holds another run" in err
    (study / "here" / "run.json").unlink()
    status, out, err = train("--out", study / "here", "--seed", 2, "--resume")
    assert (status, out) == (2, "")
    assert "holds another run, interrupted: its seed is 1, not 2" in err
    assert err.count("\n") == 1
    assert before.items() >= {path: path.read_bytes() for path in list_files(study / "here")}.items()


def test_full_disk_does_not_take_the_numbers_with_it(train, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    status, out, err = train("--json")
    assert status == 2
    assert "No space left on device" in err
    assert json.loads(out)["samples"] == 100


def test_error_of_ours_is_not_taken_for_one_of_the_user(train, monkeypatch):
    def fail(*arguments, **options):
        return 1 / 0

    monkeypatch.setattr("bioplast.training.run.train", fail)
    with pytest.raises(ZeroDivisionError):
        train()


def test_odd_images_are_told_and_carried_out(train, patterns):
    labels = patterns / "train-labels-idx1-ubyte"
    content = labels.read_bytes()
    labels.write_bytes(content[:8] + content[8:].replace(b"\1", b"\3"))
    status, out, err = train()
    assert status == 0
    assert re.fullmatch(
        r"bioplast: .*patterns: no training image has the label 1; .*\n"
        r"bioplast: .*patterns: test images have the label 1, which no training image has\n",
        err,
    )
    assert "task: 240 training and 60 test images of 4 x 4 pixels (0 to 255), 3 classes\n" in out
    assert train("--json")[1].count("\n") == 1


def test_ctrl_c_ends_with_one_line(train, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("bioplast.training.run.train", interrupt)
    status, _, err = train()
    assert status == 1
    assert err == "bioplast: interrupted\n"


def test_hidden_layers_at_any_depth(call, patterns, monkeypatch):
    """The artificial network learns with two of them; another says that it has one."""
    monkeypatch.chdir(ROOT)
    options = ("--task", patterns, "--max-samples", 200, "--hidden", "12,8")
    out = patterns / "run"
    status, line, err = call("train", "ann", *options, "--json", "--out", out)
    assert status == 0, err
    record = json.loads(line)
    assert record["hidden"] == [12, 8]
    assert list(record["energy"]["layers"]) == ["input->hidden1", "hidden1->hidden2", "hidden2->output"]
    assert load_network(out, project=ROOT).state.layers[1].weights.shape == (13, 8)
    assert "12,8 hidden units" in call("show", out)[1]
    status, _, err = call("train", "perceptron", *options)
    assert (status, err) == (2, "bioplast: --hidden: perceptron has one hidden layer, got 12,8\n")
    status, _, err = call("train", "ann", "--rule", "subnet(9)", *options)
    assert (status, err) == (2, "bioplast: Subnet.units: must be at most the 8 units of hidden2, got 9\n")
    status, _, err = call("train", "ann", "--hidden", "12,")
    assert (status, err) == (2, "bioplast: --hidden: must be a whole number >= 1, got ''\n")
