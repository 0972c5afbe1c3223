"""What all commands share: requests that are refused, exit status, and what is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What a plain command line would import without need, and what takes longest.
HEAVY = ("brian2", "numba", "pandas", "matplotlib", "scipy")


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
def test_bad_request_gets_one_line_and_nothing_is_written(call, study, request_, message, list_files):
    before = list_files(study)
    status, out, err = call(*request_)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
    assert list_files(study) == before


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
