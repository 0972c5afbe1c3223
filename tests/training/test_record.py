import json
import os
from pathlib import Path

import pytest

from bioplast.errors import RequestError
from bioplast.training.record import DamagedRunError, Run, check_writable, format_record, read_run, write_run

TRACE = [
    {"samples": 2000, "online": 0.5, "validation": None, "m0": 7, "m1": 0.1 + 0.2, "m0 input->hidden": 7},
    {"samples": 4000, "online": 1.0, "validation": 0.25, "m0": 9, "m1": 1e-9, "m0 input->hidden": 9},
]


@pytest.fixture
def finished() -> Run:
    return Run({"key": "0" * 16, "samples": 4000}, TRACE)


def test_read_gives_back_what_was_written(tmp_path, finished):
    folder = tmp_path / "results" / "train" / "key"
    write_run(folder, finished)
    assert sorted(path.name for path in folder.iterdir()) == ["run.json", "trace.csv"]
    for name in (folder, folder / "run.json"):
        back = read_run(name)
        assert back.record == finished.record
        assert back.trace == TRACE
        assert [type(value) for value in back.trace[1].values()] == [int, float, float, int, float, int]


def test_run_without_trace_can_be_written(tmp_path):
    write_run(tmp_path, Run({"key": "k"}))
    assert read_run(tmp_path).trace == []


def test_numbers_that_are_none_are_null_in_json_and_empty_in_csv(tmp_path):
    nan, inf = float("nan"), float("inf")
    write_run(tmp_path, Run({"key": "k", "more": {"m1": nan, "all": [inf, 1.0]}}, [{"m1": -inf, "m0": 1}]))
    assert read_run(tmp_path).record["more"] == {"m1": None, "all": [None, 1.0]}
    assert (tmp_path / "trace.csv").read_text() == "m1,m0\n,1\n"
    assert format_record({"a": nan}) == '{"a": null}'


def test_record_appears_last_and_all_at_once(tmp_path, finished, monkeypatch):
    write_run(tmp_path, finished)
    moved = []
    replace = Path.replace

    def watch(self, target):
        moved.append(target.name)
        assert read_run(tmp_path).record == finished.record
        if target.name == "run.json":
            assert json.loads(self.read_text()).items() > finished.record.items()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watch)
    write_run(tmp_path, finished)
    assert moved == ["trace.csv", "run.json"]


def test_failure_on_the_way_leaves_no_record_and_no_litter(tmp_path, finished, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RequestError, match=r"cannot write to .*: No space left on device"):
        write_run(tmp_path, finished)
    assert list(tmp_path.iterdir()) == []


def test_failure_on_the_way_leaves_the_finished_run_that_was_there(tmp_path, finished, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    write_run(tmp_path, finished)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RequestError, match=r"cannot write to .*: No space left on device"):
        write_run(tmp_path, Run(finished.record | {"samples": 7}, finished.trace))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert read_run(tmp_path).record == finished.record


def test_folder_that_can_be_made_is_writable_and_nothing_is_left(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_file_is_no_folder(tmp_path, below, finished):
    (tmp_path / "file").write_text("mine")
    for attempt in (check_writable, lambda folder: write_run(folder, finished)):
        with pytest.raises(RequestError, match=r"out: cannot write to .*file"):
            attempt(tmp_path / "file" / below)
    assert (tmp_path / "file").read_text() == "mine"


def test_name_no_folder_can_have_is_refused(tmp_path):
    with pytest.raises(RequestError, match="File name too long"):
        check_writable(tmp_path / ("x" * 300))


def test_folder_of_the_system_is_refused():
    # Not even root can make a folder there.
    with pytest.raises(RequestError, match="out: cannot write to /proc/bioplast"):
        check_writable(Path("/proc/bioplast"))


def test_nothing_finished_is_said_to_be_so(tmp_path):
    with pytest.raises(RequestError, match=r"run: no finished run at .*: No such file or directory"):
        read_run(tmp_path)


def test_run_without_its_trace_names_the_missing_file(tmp_path, finished):
    write_run(tmp_path, finished)
    (tmp_path / "trace.csv").unlink()
    with pytest.raises(RequestError, match=r"no finished run at .*trace\.csv"):
        read_run(tmp_path)


@pytest.mark.parametrize("content", ['{"key": ', "\udcff", '["key"]', "{}"])
def test_damaged_record_is_refused(tmp_path, finished, content):
    write_run(tmp_path, finished)
    (tmp_path / "run.json").write_text(content, errors="surrogateescape")
    with pytest.raises(RequestError, match=r"is damaged|is not the record of a run"):
        read_run(tmp_path)


def test_an_altered_digit_in_record_or_trace_is_told(tmp_path, finished):
    write_run(tmp_path, finished)
    for name in ("run.json", "trace.csv"):
        text = (tmp_path / name).read_text()
        assert "4000" in text
        (tmp_path / name).write_text(text.replace("4000", "4001", 1))
        with pytest.raises(DamagedRunError, match="its checksum is not that of its record and trace"):
            read_run(tmp_path)
        (tmp_path / name).write_text(text)
    assert read_run(tmp_path).record == finished.record
