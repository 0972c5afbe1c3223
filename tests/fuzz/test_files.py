"""Files that are not what was once written: told or made again, never taken for a run's numbers."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from fuzz.cases import N_CASES, Fault, ask, find_faults
from fuzz.damage import copy_all, damage_file, forge_checkpoint

from bioplast.errors import RequestError
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.point import POINT_FILE, Point, find_point, write_point

SHARE = N_CASES * 4 // 10 // 5  # of each of the tests below
NUMBERS = ("samples", "converged", "accuracy", "energy", "signalling")


@pytest.fixture
def train(place):
    """A function that trains the small network on the small task into a folder."""

    def train(folder, *options):
        given = ("--task", place / "patterns", "--max-samples", 12, "--out", folder)
        return ask("train", "tiny", *given, *options)

    return train


@pytest.fixture
def finished(place, train, monkeypatch):
    """A study with a finished run, its checkpoint and the one before, in results/train/run."""
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    folder = place / "study" / "results" / "train" / "run"
    train(folder)
    shutil.copy(folder / "state.npz", folder / "state.previous.npz")
    return folder


def read_numbers(answer):
    record = json.loads(answer.out.splitlines()[-1])
    return {name: record[name] for name in NUMBERS}


def find_rows(answer, name):
    """The rows of the run in folder ``name``: status, and what follows the name."""
    rows = [line.split() for line in answer.out.splitlines()]
    return [[row[1], *row[3:]] for row in rows if row[:1] == ["train"] and row[2:3] == [name]]


def damage_one(finished, place, name, rng):
    """The run again, with one of its files damaged."""
    folder = finished.parent / "damaged"
    if folder.exists():
        shutil.rmtree(folder)
    copy_all(finished, folder)
    damage_file(folder / name, rng)
    return folder


@pytest.mark.parametrize("name", ["run.json", "trace.csv"])
def test_damaged_run_is_never_shown_as_the_run_s_numbers(finished, place, train, name):
    shown = ask("show", finished).out
    numbers = read_numbers(train(finished, "--resume", "--json"))
    (row,) = find_rows(ask("list", "--runs"), "run")

    def run(rng, case):
        folder = damage_one(finished, place, name, rng)
        answer = ask("show", folder)
        if answer.status == 0 and answer.out != shown:
            raise Fault(f"shown with {set(answer.out.splitlines()) ^ set(shown.splitlines())}")
        for found in find_rows(ask("list", "--runs"), "damaged"):
            if found[0] == "finished" and found != row:
                raise Fault(f"listed as {found}, must be {row}")
        ask("gc")
        again = train(folder, "--resume", "--json")
        if again.status == 0 and read_numbers(again) != numbers:
            raise Fault(f"reused with {read_numbers(again)}")

    assert find_faults(range(SHARE), run) == []


def test_damaged_checkpoint_is_told_or_gone_on_from(finished, place, train):
    numbers = read_numbers(train(finished, "--resume", "--json"))

    def run(rng, case):
        folder = damage_one(finished, place, "state.npz", rng)
        (folder / "run.json").unlink()
        if rng.random() < 0.5:
            (folder / "state.previous.npz").unlink()
        answer = train(folder, "--resume", "--json")
        if answer.status == 0 and read_numbers(answer) != numbers:
            raise Fault(f"gone on to {read_numbers(answer)}")

    assert find_faults(range(SHARE), run) == []


def test_forged_header_gets_no_traceback(finished, place, train):
    def run(rng, case):
        folder = damage_one(finished, place, "trace.csv", rng)
        (folder / "run.json").unlink()
        forge_checkpoint(folder / "state.npz", rng)
        (folder / "state.previous.npz").unlink()
        train(folder, "--resume", "--json")

    assert find_faults(range(SHARE // 2), run) == []


def test_damaged_notes_of_failures_and_points_get_no_traceback(place):
    folder = place / "study" / "results" / "fuzz" / "0123456789abcdef"
    folder.mkdir(parents=True)
    point = Point("fuzz", {"load": 1.5, "seed": 3})
    write_point(folder, point, [{"m0": 7, "rule": "plain"}], seconds=1.0)
    note = {"config": {"model": "tiny", "seed": 3}, "reason": "no", "details": "x", "is_request": False}
    (folder / FAILURE_FILE).write_text(json.dumps(note, indent=2))
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}

    def run(rng, case):
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in whole.items():
            (folder / name).write_bytes(content)
        damage_file(folder / (FAILURE_FILE, POINT_FILE)[case % 2], rng)
        ask("list", "--runs")
        ask("list", "--runs", "--where", "seed=3")
        ask("show", folder)
        ask("gc")
        try:
            rows = find_point(folder, point)
        except RequestError:
            return
        if rows not in (None, [{"m0": 7, "rule": "plain"}]):
            raise Fault(f"point taken for {rows}")

    assert find_faults(range(SHARE), run) == []


def test_damaged_images_are_refused_or_learned_from(place, train):
    folder = place / "patterns"
    whole = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in whole.items())

    def run(rng, case):
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in whole.items():
            (folder / name).write_bytes(content)
        name = sorted(whole)[rng.integers(len(whole))]
        has_sums = case % 2 == 0
        if has_sums:
            (folder / "SHA256SUMS").write_text(sums)
            name = "SHA256SUMS" if rng.random() < 0.3 else name
        damage_file(folder / name, rng)
        answer = train(place / "out")
        shutil.rmtree(place / "out", ignore_errors=True)
        if has_sums and name != "SHA256SUMS" and answer.status != 2:
            raise Fault(f"{name} is not what its checksum says")

    assert find_faults(range(SHARE), run) == []


def test_damaged_model_is_told_by_its_file(place, train):
    study = place / "study"
    text = (study / "models" / "tiny.py").read_bytes()

    def run(rng, case):
        # A file of its own each time: Python keeps compiled what it has seen within the same second.
        path = study / "models" / f"tiny{case}.py"
        path.write_bytes(text)
        damage_file(path, rng)
        ask("list")
        ask("train", path.stem, "--task", place / "patterns", "--max-samples", "12", "--out", place / "out")
        shutil.rmtree(place / "out", ignore_errors=True)
        path.unlink(missing_ok=True) if not path.is_dir() else path.rmdir()

    assert find_faults(range(SHARE // 2), run) == []
