"""Studies through the command: disks that are full or cannot be written, interrupts, two at a time."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bioplast.training.record import RECORD_FILE, read_run

ROOT = Path(__file__).parents[2]
CHANCE = ("seconds", "images_per_second", "created", "versions")
# A line a start of a run: what was done twice stands there twice.
COUNTING = """
    def initial_state(self, seed):
        import os
        log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(log, b"%d\\n" % seed)
        os.close(log)
"""
EXPERIMENT = '''
"""Energy of tiny networks."""
from bioplast.analysis.cells import Cells
from bioplast.figures.style import make_figure
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid


def plot(data):
    figure = make_figure(85, 60)
    figure.subplots().plot(data["seed"], data["m1"])
    return figure


STUDY = Study(
    grid=Grid(model="tiny", task={task!r}, goal=1.0, max_samples={samples}, seeds=8),
    analyze=Cells(["model"], ["m0", "m1"]),
    plot=plot,
    caption="Energy to {{goal}}, {{seeds}}. {{missing}}",
)
'''


@pytest.fixture
def command(study, patterns, tmp_path):
    """The command line of a study of 8 runs; ``samples`` makes them long."""

    def make(*options, samples=480, name="mini"):
        (study / "experiments" / f"{name}.py").write_text(
            EXPERIMENT.format(task=str(patterns), samples=samples)
        )
        model = study / "models" / "tiny.py"
        if "O_APPEND" not in model.read_text():
            counting = COUNTING.format(log=str(tmp_path / "starts"))
            model.write_text(model.read_text().replace("\n    def initial_state(self, seed):\n", counting))
        return [sys.executable, "-m", "bioplast", "run", name, *map(str, options)]

    return make


@pytest.fixture
def environment():
    # Where a terminal would be narrow, rich breaks lines.
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "500", "BIOPLAST_CHECKPOINT_SECONDS": "0.2"}


def call(command, study, environment, **options):
    return subprocess.run(
        command, cwd=study, env=environment, capture_output=True, text=True, check=False, **options
    )


def drop_progress(errors):
    """Standard error without the lines that say how far the study is."""
    return "".join(line for line in errors.splitlines(keepends=True) if " runs done, " not in line)


def read_all(folder):
    runs = {path.parent.name: read_run(path.parent) for path in folder.glob(f"*/{RECORD_FILE}")}
    return {
        key: ({name: value for name, value in run.record.items() if name not in CHANCE}, run.trace)
        for key, run in runs.items()
    }


def test_two_studies_at_once_do_every_run_once(command, study, environment, tmp_path):
    both = [
        subprocess.Popen(
            command("--workers", 1),
            cwd=study,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ends = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert [drop_progress(errors) for _, errors in ends] == ["", ""]
    assert sorted((tmp_path / "starts").read_text().split(), key=int) == [str(seed) for seed in range(1, 9)]
    folder = study / "results" / "mini"
    together = read_all(folder)
    assert len(together) == 8
    shutil.rmtree(folder)
    assert call(command("--workers", 1), study, environment).returncode == 0
    assert read_all(folder) == together


def test_damage_is_told_in_a_line_each_and_nothing_wrong_is_reused(command, study, environment, tmp_path):
    environment["BIOPLAST_CHECKPOINT_SECONDS"] = "0"
    assert call(command("--workers", 1), study, environment).returncode == 0
    folder = study / "results" / "mini"
    whole = read_all(folder)
    truncated, flipped, *_ = sorted(folder.glob(f"*/{RECORD_FILE}"))
    truncated.write_text(truncated.read_text()[:300])
    flipped.unlink()  # as if killed before the record was written
    state = flipped.with_name("state.npz")
    content = bytearray(state.read_bytes())
    content[len(content) // 2] ^= 1
    state.write_bytes(content)
    state.with_name("state.previous.npz").unlink(missing_ok=True)
    (tmp_path / "starts").unlink()
    done = call(command("--workers", 1), study, environment)
    assert done.returncode == 0
    lines = drop_progress(done.stderr).splitlines()
    assert len(lines) == 2
    assert re.fullmatch(
        rf"bioplast: run: {truncated.parent} is damaged: .*; it is carried out again", lines[0]
    )
    assert lines[1].startswith(f"bioplast: checkpoint: {state} is damaged: ")
    assert lines[1].endswith("; the run begins anew")
    assert len((tmp_path / "starts").read_text().split()) == 2
    assert read_all(folder) == whole


def interrupt(process):
    # To the whole group, as a terminal does.
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(interrupt, id="Ctrl-C"),
        pytest.param(subprocess.Popen.terminate, id="SIGTERM", marks=pytest.mark.long),
    ],
)
def test_an_interrupt_ends_cleanly_and_keeps_what_is_there(command, study, environment, end):
    environment["BIOPLAST_CHECKPOINT_SECONDS"] = "0"
    long = command("--workers", 2, "--seeds", 4, samples=40_000)
    process = subprocess.Popen(
        long,
        cwd=study,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    folder = study / "results" / "mini"
    while len(list(folder.glob("*/state.npz"))) < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    workers = psutil.Process(process.pid).children()
    assert len(workers) == 2
    end(process)
    out, errors = process.communicate()
    assert process.returncode == 1, errors
    assert out == ""
    n_kept = len(list(folder.glob(f"*/{RECORD_FILE}")))
    assert drop_progress(errors) == f"mini: {n_kept} of 4 runs are finished and kept\nbioplast: interrupted\n"
    assert not any(worker.is_running() for worker in workers)
    assert call(long, study, environment).returncode == 0
    assert len(read_all(folder)) == 4


def can_mount():
    """Whether this process may mount things in a namespace of its own."""
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def script(*steps):
    return ["unshare", "-rm", "sh", "-c", "\n".join(steps)]


def limit_files():
    """As a full disk does, fail a write on its way: no file can be larger than 3,000 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_full_disk_loses_nothing_that_was_whole(command, study, environment):
    """On a small tmpfs; where nothing can be mounted, under a limit to the size of files."""
    run = command("--workers", 1)
    results = study / "results"
    results.mkdir()
    line = " ".join(run)
    if can_mount():
        steps = (
            f"mount -t tmpfs -o size=100k tmpfs {results}",
            f"{line}; echo status $?",
            f"mount -o remount,size=20m {results}",
            f"cp -r {results} {study}/full",
            f"{line} --retry || exit 9",
            f"cp -r {results} {study}/retried",
        )
        done = call(script(*steps), study, environment)
        assert done.returncode == 0, done.stderr
        assert re.search(r"status [12]\n", done.stdout)
        assert "No space left on device" in done.stderr
        before, after = read_all(study / "full" / "mini"), read_all(study / "retried" / "mini")
        assert 0 < len(before) < 8
    else:
        done = call(run, study, environment, preexec_fn=limit_files)
        assert done.returncode in (1, 2)
        assert "File too large" in done.stderr
        before = read_all(results / "mini")
        assert call([*run, "--retry"], study, environment).returncode == 0
        after = read_all(results / "mini")
    assert "Traceback" not in done.stderr
    assert all(
        line.startswith(("bioplast: ", "failed: ")) for line in drop_progress(done.stderr).splitlines()
    )
    assert len(after) == 8
    assert before.items() <= after.items()


def test_a_folder_that_cannot_be_written_is_refused_and_what_is_there_is_left(command, study, environment):
    """Mounted read-only; where nothing can be mounted, without the right to write."""
    run = command("--workers", 1, "--seeds", 2)
    assert call(run, study, environment).returncode == 0
    results = study / "results"
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    run = command("--workers", 1, "--seeds", 3)
    if can_mount():
        steps = (
            f"mount --bind {results} {results}",
            f"mount -o remount,bind,ro {results}",
            f"exec {' '.join(run)}",
        )
        done = call(script(*steps), study, environment)
    else:
        (results / "mini").chmod(0o500)
        done = call(run, study, environment)
        (results / "mini").chmod(0o700)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"bioplast: out: cannot write to {results / 'mini'}: ")
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before
    assert json.loads(next(results.glob("mini/*/run.json")).read_text())["model"] == "tiny"
