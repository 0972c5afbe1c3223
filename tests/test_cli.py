"""What all commands share: requests that are refused, exit status, and what is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bioplast.errors import MachineError

ROOT = Path(__file__).parent.parent
# What a plain command line would import without need, and what takes longest.
HEAVY = ("brian2", "numba", "pandas", "matplotlib", "scipy")


BAD_REQUESTS = [
    (["train", "rat"], "model: no model 'rat'; there are ann, "),
    (["train", "../models/tiny"], "model: no model '../models/tiny'; there are ann, "),
    (["train"], "Missing argument"),
    (["run", "compar"], "experiment: no experiment 'compar'; there are accuracy, "),
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
    (["show", "x" * 300], "RUN: cannot be used (File name too long), got 'xxx"),
    (["show", "nul\0"], "RUN: cannot be used (embedded null byte), got 'nul"),
    (["show", "x/" * 3000], "RUN: cannot be used (File name too long), got 'x/x"),
    (["gc", "--results", "x" * 300], "--results: cannot be used (File name too long), got 'xxx"),
    (["run", "nothing", "--seeds", "1" + "0" * 30], "--seeds: must be a whole number <= 10000, got '1000"),
    (["run", "nothing", "--workers", "1" + "0" * 9], "--workers: must be a whole number <= 1000, got '1000"),
    (["list", "--where", "seed=1"], "add --runs"),
    (["list", "--runs", "--where", "seed"], "--where: must be FIELD=VALUE, got 'seed'"),
    (["list", "--runs", "--where", "size=1"], "where: no field 'size'; there are experiment, status, key"),
    (["list", "--runs", "--results", "models/tiny.py"], "--results: must be a folder, got 'models/tiny.py'"),
    (["learn"], "No such command 'learn'"),
]


@pytest.mark.parametrize(
    ("request_", "message"), BAD_REQUESTS, ids=[" ".join(r[0])[:40] for r in BAD_REQUESTS]
)
def test_bad_request_gets_one_line_and_nothing_is_written(call, study, request_, message, list_files):
    before = list_files(study)
    status, out, err = call(*request_)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
    assert list_files(study) == before


@pytest.mark.parametrize(
    ("arguments", "status"), [([], 0), (["--help"], 0), (["train", "--help"], 0), (["x"], 2)]
)
def test_exit_status_reaches_the_shell(study, arguments, status):
    command = [sys.executable, "-m", "bioplast", *arguments]
    done = subprocess.run(command, cwd=study, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert done.returncode == status
    assert (done.stderr == b"") == (status == 0)


def test_unexpected_error_leaves_with_status_one(study):
    program = (
        "import sys, bioplast.cli, bioplast.training.run as run; run.load_task = lambda name: 1 / 0; "
        "sys.exit(bioplast.cli.main(['train', 'tiny']))"
    )
    done = start(study, "-c", program)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"  # it is ours to mend


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError("for 3 GB"), "not enough memory: for 3 GB"),
        (MachineError("g++: the network did not compile: why"), "g++: the network did not compile: why"),
        (OSError(24, "Too many open files", "run.json"), "run.json: Too many open files"),
    ],
)
def test_what_the_machine_lacks_is_told_in_one_line(call, monkeypatch, error, message):
    def fail(name):
        raise error

    monkeypatch.setattr("bioplast.training.run.load_task", fail)
    assert call("train", "tiny") == (1, "", f"bioplast: {message}\n")


def test_reader_who_has_seen_enough_gets_no_traceback(study):
    program = f"{sys.executable} -m bioplast list | true; exit ${{PIPESTATUS[0]}}"
    done = start(study, "-c", program, python="bash")
    assert (done.returncode, done.stderr) == (1, "")


def test_full_output_is_told_in_one_line(study):
    with Path("/dev/full").open("w") as full:
        done = start(study, "-m", "bioplast", "list", stdout=full)
    assert (done.returncode, done.stderr) == (1, "bioplast: No space left on device\n")


def test_closed_output_is_no_fault(study):
    done = start(study, "-c", f"{sys.executable} -m bioplast list >&-", python="bash")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_what_the_terminal_cannot_show_is_escaped(study, encoding, patterns):
    folder = patterns.rename(patterns.with_name("Muster \udcff ü"))
    options = ("--task", os.fsencode(folder), "--max-samples", "50")
    variables = {"PYTHONIOENCODING": encoding, "COLUMNS": "400"}  # the path stays on one line
    done = start(study, "-m", "bioplast", "train", "tiny", *options, variables=variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Muster \\udcff" in done.stdout


def test_notebook_s_backend_and_warnings_as_errors_do_not_stop_a_command(study, patterns):
    (study / "models" / "tiny.py").write_text(
        "import warnings\n"
        "import bioplast.figures.style\n"
        "warnings.warn('old', DeprecationWarning)\n" + (study / "models" / "tiny.py").read_text()
    )
    options = ("train", "tiny", "--task", patterns, "--max-samples", "50", "--json")
    variables = {"MPLBACKEND": "module://no_such_backend"}
    done = start(study, "-W", "error", "-m", "bioplast", *options, variables=variables)
    assert (done.returncode, done.stderr) == (0, "")


def start(study, *arguments, python=sys.executable, stdout=subprocess.PIPE, variables=None):
    """A process of its own: status, output and errors."""
    return subprocess.run(
        [python, *arguments],
        cwd=study,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (variables or {}),
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


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
