import numpy as np
import pytest

from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.network import Layer, State
from bioplast.notice import warn_on_stderr
from bioplast.training import checkpointer as keepers
from bioplast.training.checkpoint import STATE_FILE
from bioplast.training.checkpointer import Checkpointer, find_min_seconds
from bioplast.training.loop import Position


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test moves on."""
    now = [100.0]
    monkeypatch.setattr(keepers.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def make_checkpointer(tmp_path):
    def make(**options):
        checkpointer = Checkpointer(tmp_path / "run", {"key": "k"}, **{"min_seconds": 5.0} | options)
        weights = np.zeros((2, 2))
        state = State(1, (Layer("input->hidden", weights, np.ones((2, 2), bool), Books.open(weights)),))
        return checkpointer, state

    return make


def test_a_checkpoint_is_written_when_its_time_has_come(make_checkpointer, clock, tmp_path):
    checkpointer, state = make_checkpointer()
    assert checkpointer.open(state) is None
    path = tmp_path / "run" / STATE_FILE
    for seconds, samples, kept in ((4.9, 10, 0), (0.2, 20, 20), (4.0, 30, 20), (1.5, 40, 40)):
        clock[0] += seconds
        checkpointer.pass_chunk(state, Position(samples))
        assert (checkpointer.kept, path.exists()) == (kept, kept > 0)
        assert checkpointer.has_unkept == (samples > kept)


def test_a_slow_disk_is_written_to_less_often(make_checkpointer, clock, monkeypatch):
    def write_slowly(*arguments):
        clock[0] += 2.0

    monkeypatch.setattr(keepers, "write_checkpoint", write_slowly)
    checkpointer, state = make_checkpointer()
    checkpointer.open(state)
    clock[0] += 6
    checkpointer.pass_chunk(state, Position(10))
    clock[0] += 199
    checkpointer.pass_chunk(state, Position(20))
    assert checkpointer.kept == 10
    clock[0] += 2
    checkpointer.pass_chunk(state, Position(30))
    assert checkpointer.kept == 30


def test_who_is_asked_to_stop_is_kept_first(make_checkpointer, clock):
    checkpointer, state = make_checkpointer(wants_stop=lambda: True)
    checkpointer.open(state)
    with pytest.raises(KeyboardInterrupt):
        checkpointer.pass_chunk(state, Position(10))
    again, state = make_checkpointer(resumes=True)
    assert again.open(state) == Position(10)
    assert again.kept == 10
    fresh, state = make_checkpointer()
    assert fresh.open(state) is None


def test_a_checkpoint_that_cannot_be_written_is_told_once_and_the_run_goes_on(make_checkpointer, tmp_path):
    (tmp_path / "run").write_text("a file")
    told = []
    checkpointer, state = make_checkpointer(min_seconds=0.0, warn=told.append)
    checkpointer.pass_chunk(state, Position(10))
    checkpointer.pass_chunk(state, Position(20))
    (line,) = told
    assert line.startswith(f"out: cannot write a checkpoint to {tmp_path / 'run'}: ")
    assert checkpointer.kept == 0


def test_the_distance_can_be_set_from_outside(monkeypatch):
    monkeypatch.delenv("BIOPLAST_CHECKPOINT_SECONDS", raising=False)
    assert find_min_seconds() == keepers.MIN_SECONDS
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0.5")
    assert find_min_seconds() == 0.5
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "often")
    with pytest.raises(RequestError, match="must be a number of seconds, got 'often'"):
        find_min_seconds()


def test_a_warning_is_one_line_whatever_a_folder_is_called(capsys):
    warn_on_stderr("run: a\nb\r\u2028c is damaged")
    assert capsys.readouterr().err == "bioplast: run: a b c is damaged\n"
