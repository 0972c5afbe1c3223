"""One process at a time makes a thing, and what one that died has left is removed."""

import errno
import signal
import subprocess
import sys
import threading

import pytest

from bioplast.build_cache import UnusableCacheError, lock, locked, scratch_folder


def test_lock_keeps_others_out_until_it_is_given_back(tmp_path):
    path, events, wants_in = tmp_path / "thing", [], threading.Event()

    def enter():
        wants_in.set()
        with locked(path):
            events.append("second")

    with locked(path):
        thread = threading.Thread(target=enter)
        thread.start()
        assert wants_in.wait(10)
        thread.join(0.1)  # time in which it could come in, were it not locked out
        events.append("first")
    thread.join(10)
    assert events == ["first", "second"]


def test_lock_is_given_back_after_a_failure(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "thing"):
        raise ZeroDivisionError
    with locked(tmp_path / "thing"):
        assert (tmp_path / "thing.lock").exists()


def test_a_disk_without_locks(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.filelock, "lock_descriptor", refuse)
    message = rf"^build cache {tmp_path}.*: .*\(No locks available\); set BIOPLAST_CACHE to another"
    with pytest.raises(UnusableCacheError, match=message), locked(tmp_path / "thing"):
        pass
    with pytest.raises(UnusableCacheError, match=message), scratch_folder(tmp_path):
        pass
    assert not list(tmp_path.glob("new-*"))


def list_scratch(folder):
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


def test_scratch_folder_is_gone_afterwards(tmp_path):
    with scratch_folder(tmp_path) as folder:
        assert list_scratch(tmp_path) == [folder]
        (folder / "below").mkdir()
    assert list_scratch(tmp_path) == []
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path) as folder:
        raise ZeroDivisionError
    assert list_scratch(tmp_path) == []


def test_scratch_folders_do_not_meet(tmp_path):
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert sorted(list_scratch(tmp_path)) == sorted([first, second])


HOLD = """
import sys, time
from pathlib import Path
from bioplast.build_cache import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("made")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_what_a_dead_process_left_is_removed(tmp_path, request):
    (tmp_path / "new-of-an-older-version").mkdir()
    (tmp_path / "5f0e").mkdir()  # a program
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=request.config.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        left = tmp_path / process.stdout.readline().strip()
        with scratch_folder(tmp_path) as folder:
            assert sorted(list_scratch(tmp_path)) == sorted([tmp_path / "5f0e", left, folder])
        process.send_signal(signal.SIGKILL)
    assert (left / "half").exists()
    with scratch_folder(tmp_path) as folder:
        assert sorted(list_scratch(tmp_path)) == sorted([tmp_path / "5f0e", folder])
