import numpy as np
import pytest

from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.network import Layer, State
from bioplast.notice import warn_on_stderr
from bioplast.training import keeper as keepers
from bioplast.training.checkpoint import STATE_FILE
from bioplast.training.keeper import Keeper, find_min_seconds
from bioplast.training.loop import Position


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test moves on."""
    now = [100.0]
    monkeypatch.setattr(keepers.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def make_keeper(tmp_path):
    def make(**options):
        keeper = Keeper(tmp_path / "run", {"key": "k"}, **{"min_seconds": 5.0} | options)
        weights = np.zeros((2, 2))
        state = State(1, (Layer("input->hidden", weights, np.ones((2, 2), bool), Books.open(weights)),))
        return keeper, state

    return make


def test_a_checkpoint_is_written_when_its_time_has_come(make_keeper, clock, tmp_path):
    keeper, state = make_keeper()
    assert keeper.open(state) is None
    path = tmp_path / "run" / STATE_FILE
    for seconds, samples, kept in ((4.9, 10, 0), (0.2, 20, 20), (4.0, 30, 20), (1.5, 40, 40)):
        clock[0] += seconds
        keeper.pass_chunk(state, Position(samples))
        assert (keeper.kept, path.exists()) == (kept, kept > 0)
        assert keeper.has_unkept == (samples > kept)


def test_a_slow_disk_is_written_to_less_often(make_keeper, clock, monkeypatch):
    def write_slowly(*arguments):
        clock[0] += 2.0

    monkeypatch.setattr(keepers, "write_checkpoint", write_slowly)
    keeper, state = make_keeper()
    keeper.open(state)
    clock[0] += 6
    keeper.pass_chunk(state, Position(10))
    clock[0] += 199
    keeper.pass_chunk(state, Position(20))
    assert keeper.kept == 10
    clock[0] += 2
    keeper.pass_chunk(state, Position(30))
    assert keeper.kept == 30


def test_who_is_asked_to_stop_is_kept_first(make_keeper, clock):
    keeper, state = make_keeper(wants_stop=lambda: True)
    keeper.open(state)
    with pytest.raises(KeyboardInterrupt):
        keeper.pass_chunk(state, Position(10))
    again, state = make_keeper(resumes=True)
    assert again.open(state) == Position(10)
    assert again.kept == 10
    fresh, state = make_keeper()
    assert fresh.open(state) is None


def test_a_checkpoint_that_cannot_be_written_is_told_once_and_the_run_goes_on(make_keeper, tmp_path):
    (tmp_path / "run").write_text("a file")
    told = []
    keeper, state = make_keeper(min_seconds=0.0, warn=told.append)
    keeper.pass_chunk(state, Position(10))
    keeper.pass_chunk(state, Position(20))
    (line,) = told
    assert line.startswith(f"out: cannot write a checkpoint to {tmp_path / 'run'}: ")
    assert keeper.kept == 0


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
