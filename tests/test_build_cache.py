import os
import threading
from pathlib import Path

import pytest

from bioplast import build_cache
from bioplast.build_cache import cache_folder, locked, write_once
from bioplast.errors import RequestError


def test_folder_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "a" / "b"))
    assert cache_folder() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    monkeypatch.setenv("BIOPLAST_CACHE", "")
    assert cache_folder() == tmp_path / "user" / "bioplast"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "bioplast"


def test_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "file"))
    with pytest.raises(RequestError, match=r"build cache .*file: .*\(File exists\); set BIOPLAST_CACHE"):
        cache_folder()
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(RequestError, match=r"build cache .*below: .*\(Not a directory\); set BIOPLAST_CACHE"):
        cache_folder()


def test_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    # Permissions do not stop root, whom tests may run as.
    monkeypatch.setattr(build_cache.tempfile, "TemporaryFile", refuse)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    with pytest.raises(RequestError, match=r"cannot be written to \(Permission denied\); set BIOPLAST_CACHE"):
        cache_folder()


def test_asking_for_the_folder_leaves_nothing_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    cache_folder()
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_first_content_stays(tmp_path):
    path = tmp_path / "folder" / "file"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert not list(path.parent.glob("*.part"))


def test_half_a_file_is_never_under_its_name(tmp_path, monkeypatch):
    path = tmp_path / "file"

    def die(part, target):
        assert Path(part).stat().st_size == 7  # written in full before it gets its name
        assert not path.exists()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            write_once(path, b"content")
    assert not path.exists()
    write_once(path, b"content")
    assert path.read_bytes() == b"content"


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
