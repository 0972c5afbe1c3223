import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bioplast import cli
from bioplast.errors import IncompleteStudyError
from bioplast.plasticity import RULES
from bioplast.tasks import TASKS
from bioplast.training.keeper import Keeper
from bioplast.training.record import read_run

ROOT = Path(__file__).parent.parent
# What a plain command line would import without need, and what takes longest.
HEAVY = ("brian2", "numba", "pandas", "matplotlib", "scipy")


@pytest.fixture
def call(study, capsys, monkeypatch):
    """Run the command in the study: exit status, standard output, standard error."""
    monkeypatch.chdir(study)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def train(call, patterns):
    """Train on the small task; options given later win over these."""
    return lambda *options: call("train", "tiny", "--task", patterns, "--max-samples", "100", *options)


def list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)


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
def test_bad_option_gets_one_line_and_nothing_is_written(train, study, options, message):
    before = list_files(study)
    status, out, err = train(*options)
    assert (status, out) == (2, "")
    assert err.startswith("bioplast: ")
    assert err.count("\n") == 1
    assert message in err
    assert list_files(study) == before


BAD_REQUESTS = [
    (["train", "rate"], "model: no model 'rate'; there are tiny in "),
    (["train", "../models/tiny"], "model: no model '../models/tiny'; there are tiny in "),
    (["train"], "Missing argument"),
    (["run", "compare"], "experiment: no experiment 'compare'; there are nothing in "),
    (["run", "nothing"], "nothing.py must define "),
    (["run", "nothing", "--seeds", "0"], "--seeds: must be a whole number >= 1, got '0'"),
    (["run", "nothing", "--workers", "two"], "--workers: must be a whole number >= 1, got 'two'"),
    (
        ["run", "nothing", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"],
        "--scheduler: has workers of its",
    ),
    (["show", "results/none"], "run: no finished run at results/none: No such file or directory"),
    (["show", "models/tiny.py"], "run: no finished run at models/tiny.py: Not a directory"),
    (["show", "0123abcd"], "run: no run '0123abcd': no such folder, and no key in "),
    (["list", "--where", "seed=1"], "add --runs"),
    (["list", "--runs", "--where", "seed"], "--where: must be FIELD=VALUE, got 'seed'"),
    (["list", "--runs", "--where", "size=1"], "where: no field 'size'; there are experiment, status, key"),
    (["list", "--runs", "--results", "models/tiny.py"], "--results: must be a folder, got 'models/tiny.py'"),
    (["learn"], "No such command 'learn'"),
    ([], "Missing command"),
]


@pytest.mark.parametrize(("request_", "message"), BAD_REQUESTS, ids=[" ".join(r[0]) for r in BAD_REQUESTS])
def test_bad_request_gets_one_line_and_nothing_is_written(call, study, request_, message):
    before = list_files(study)
    status, out, err = call(*request_)
    assert (status, out) == (2, "")
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


def test_resume_of_another_run_s_folder_is_refused_and_leaves_it_alone(train, study):
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


def test_list_names_everything_with_a_line_each(call):
    status, out, err = call("list")
    assert (status, err) == (0, "")
    for name in (*RULES, *TASKS, "tiny", "nothing", "DIR"):
        (line,) = [
            line for line in out.splitlines() if line.split()[:1] and line.split()[0].split("(")[0] == name
        ]
        assert len(line.split()) > 2


def test_project_may_be_named_from_elsewhere(call, study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("list")[0] == 2
    status, out, _ = call("list", "--project", study)
    assert status == 0
    assert "tiny" in out


def test_show_prints_a_run_by_its_folder_or_its_file(train, call, study):
    train("--out", study / "here", "--seed", 12)
    status, out, err = call("show", "here")
    assert (status, err) == (0, "")
    assert "seed 12" in out
    assert call("show", "here/run.json")[1] == out


def test_runs_are_listed_shown_by_key_and_cleaned_up(train, call, study):
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
    ]
    assert call("show", folders[0].name)[0] == 0


def test_run_hands_its_options_to_the_study(call, study, monkeypatch):
    asked = {}

    def run_experiments(modules, **options):
        asked.update(options, modules=[module.__name__ for module in modules])
        return [study / "results" / "nothing"]

    monkeypatch.setattr("bioplast.studies.run_experiments", run_experiments)
    status, out, _ = call("run", "nothing", "--quick", "--seeds", 2, "--workers", 1, "--fresh")
    assert status == 0
    assert str(study / "results" / "nothing") in out
    assert asked == {
        "modules": ["bioplast_experiments.nothing"],
        "project": study,
        "quick": True,
        "seeds": 2,
        "workers": 1,
        "fresh": True,
        "retry": False,
        "scheduler": None,
    }


def test_study_with_failed_runs_ends_with_status_one_and_one_line(call, monkeypatch):
    def run_experiments(modules, **options):
        raise IncompleteStudyError("1 of 3 runs failed: out of memory")

    monkeypatch.setattr("bioplast.studies.run_experiments", run_experiments)
    assert call("run", "nothing") == (1, "", "bioplast: 1 of 3 runs failed: out of memory\n")


@pytest.mark.parametrize(("arguments", "status"), [(["--help"], 0), (["train", "--help"], 0), (["x"], 2)])
def test_exit_status_reaches_the_shell(study, arguments, status):
    command = [sys.executable, "-m", "bioplast", *arguments]
    done = subprocess.run(command, cwd=study, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert done.returncode == status
    assert (done.stderr == b"") == (status == 0)


def test_unexpected_error_leaves_with_status_one(study):
    (study / "models" / "tiny.py").write_text("1 / 0\n")
    command = [sys.executable, "-m", "bioplast", "train", "tiny"]
    done = subprocess.run(command, cwd=study, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert done.returncode == 1


def test_listing_imports_nothing_heavy(study):
    program = (
        "import sys; from bioplast.cli import main; main(['list']); "
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command,
        cwd=study,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"
