"""``bioplast train``: what it writes, what it refuses and how it ends."""

import json
import os
import re

import pytest

from bioplast.training.keeper import Keeper
from bioplast.training.record import read_run


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
    (["--rule", "greatest(0.1)"], "no rule 'greatest'; there are plain, largest, above, subnet"),
    (["--rule", "__import__('os')"], "rule: "),
    (["--rule", "subnet(9)"], "Subnet.units: must be at most the 8 hidden units, got 9"),
    (["--hidden", "0"], "--hidden: must be a whole number >= 1, got '0'"),
    (["--hidden", "many"], "--hidden: must be a whole number >= 1, got 'many'"),
    (["--goal", "0"], "goal: must be in (0, 1], got 0.0"),
    (["--goal", "1.01"], "goal: must be in (0, 1], got 1.01"),
    (["--goal", "nan"], "goal: must be in (0, 1], got nan"),
    (["--goal", "high"], "--goal: must be a number, got 'high'"),
    (["--seed", "-1"], "--seed: must be a whole number >= 0, got '-1'"),
    (["--max-samples", "0"], "--max-samples: must be a whole number >= 1, got '0'"),
    (["--protocol", "secret"], "no protocol 'secret'; there are standard"),
    (["--set", "learning_rate"], "--set: must be NAME=VALUE, got 'learning_rate'"),
    (["--set", "=1"], "--set: must be NAME=VALUE, got '=1'"),
    (["--set", "rate=1"], "options: tiny has no setting 'rate'; there are learning_rate, scales"),
    (["--set", "learning_rate=low"], "options: learning_rate of tiny must be a number, got 'low'"),
    (["--set", "learning_rate=true"], "options: learning_rate of tiny must be a number, got True"),
    (["--set", "learning_rate=NaN"], "learning_rate must be true or false, a number or a word, got nan"),
    (["--set", "learning_rate=1", "--set", "learning_rate=2"], "--set: learning_rate is given twice"),
    (["--device", "gpu"], "device: must be one of cpp_standalone, runtime, got 'gpu'"),
    (["--device", "runtime"], "device: tiny has no device 'runtime'; use cpp_standalone"),
    (["--task", "nowhere"], "task: must be mnist or a folder of IDX files, got "),
    (["--out", "models/tiny.py/deeper"], "out: cannot write to "),
    (["--out", "/proc/bioplast"], "out: cannot write to /proc/bioplast"),
    (["--project", "models"], "project: models must be a folder with models/ and experiments/"),
    (["another"], "another"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS, ids=[" ".join(row[0]) for row in BAD_OPTIONS])
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

    def stop(keeper, state, position):
        keep(keeper, state, position)
        if position.samples == 2000:
            keeper.keep(state, position)
            raise KeyboardInterrupt

    keep = Keeper.pass_chunk
    monkeypatch.setattr(Keeper, "pass_chunk", stop)
    status, out, err = train(*options)
    assert (status, out) == (1, "")
    assert err == "bioplast: kept after 2000 samples; --resume goes on from there\nbioplast: interrupted\n"
    assert not (study / "here" / "run.json").exists()
    monkeypatch.setattr(Keeper, "pass_chunk", keep)
    status, out, err = train(*options, "--resume")
    assert (status, err) == (0, "")
    for name in ("energy", "samples", "accuracy", "signalling"):
        assert json.loads(out)[name] == whole[name]
    finished = json.loads(out)
    # What is finished is shown.
    assert json.loads(train(*options, "--resume")[1]) == finished


def test_resume_where_the_record_is_damaged_makes_it_again(train, study):
    whole = json.loads(train("--out", study / "here", "--json")[1])
    record = study / "here" / "run.json"
    record.write_text(record.read_text()[:200])
    status, out, err = train("--out", study / "here", "--json", "--resume")
    assert status == 0
    assert re.fullmatch(r"bioplast: run: .*here is damaged: .*; it is carried out again\n", err)
    assert json.loads(out)["energy"] == whole["energy"]


def test_resume_of_another_run_s_folder_is_refused_and_leaves_it_alone(train, study, list_files):
    train("--out", study / "here")
    before = {path: path.read_bytes() for path in list_files(study / "here")}
    status, out, err = train("--out", study / "here", "--seed", 2, "--resume")
    assert (status, out) == (2, "")
    assert "holds another run" in err
    (study / "here" / "run.json").unlink()
    status, out, err = train("--out", study / "here", "--seed", 2, "--resume")
    assert (status, out) == (2, "")
    assert "is of another run: its key is" in err
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


def test_error_of_ours_is_not_taken_for_one_of_the_user(train, study):
    (study / "models" / "tiny.py").write_text("N_HIDDEN = 1\ndef make_network(**options):\n    1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        train()


def test_ctrl_c_ends_with_one_line(train, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("bioplast.training.run.train", interrupt)
    status, _, err = train()
    assert status == 1
    assert err == "bioplast: interrupted\n"
