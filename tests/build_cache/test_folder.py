"""Where the build cache is, and that nobody else can put anything into it."""

import os
import stat

import pytest

from bioplast.build_cache import UnusableCacheError, cache_folder, folder
from bioplast.errors import RequestError


def test_folder_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "a" / "b"))
    assert cache_folder() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()
    assert cache_folder("kernels") == tmp_path / "a" / "b" / "kernels"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIOPLAST_CACHE", "here")
    assert cache_folder() == tmp_path / "here"
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", str(tmp_path / "lab"))
    assert cache_folder() == tmp_path / "lab"
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", "")
    monkeypatch.setenv("BIOPLAST_CACHE", "")
    assert cache_folder() == tmp_path / "user" / "bioplast"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "bioplast"


def have_no_home(monkeypatch):
    def fail():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(folder.Path, "home", fail)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)


def test_who_names_a_folder_needs_no_home(tmp_path, monkeypatch):
    have_no_home(monkeypatch)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache"


def test_who_names_none_does(monkeypatch):
    have_no_home(monkeypatch)
    monkeypatch.delenv("BIOPLAST_CACHE")
    with pytest.raises(UnusableCacheError, match=r"^build cache: .* no home folder; set BIOPLAST_CACHE"):
        cache_folder()


def test_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "file"))
    with pytest.raises(UnusableCacheError, match=r"cache .*file: .*\(File exists\); set BIOPLAST_CACHE"):
        cache_folder()
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(
        UnusableCacheError, match=r"build cache .*below: .*\(Not a directory\); set BIOPLAST_CACHE"
    ):
        cache_folder()


def test_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    # Permissions do not stop root, whom tests may run as.
    monkeypatch.setattr(folder.tempfile, "TemporaryFile", refuse)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    with pytest.raises(
        UnusableCacheError, match=r"cannot be written to \(Permission denied\); set BIOPLAST_CACHE"
    ):
        cache_folder()


def test_asking_for_the_folder_leaves_nothing_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    cache_folder()
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.fixture
def mask():
    """That of a user who shares all files with a group."""
    before = os.umask(0o002)
    yield
    os.umask(before)


def list_modes(path):
    return {stat.S_IMODE(part.stat().st_mode) for part in (path, path.parent, path.parent.parent)}


@pytest.mark.usefixtures("mask")
def test_folders_are_their_owners_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    assert list_modes(cache_folder("projects/one")) == {0o700}
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", str(tmp_path / "shared"))
    assert list_modes(cache_folder("projects/one")) == {0o775}


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
@pytest.mark.parametrize("part", ["", "kernels"])
def test_a_cache_that_others_may_write_to_is_refused(tmp_path, monkeypatch, mode, part):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    path = cache_folder(part)
    path.chmod(mode)
    message = (
        rf"^build cache {path}: others may write to it \(mode {mode:o}\), .* as you; "
        "delete it or set BIOPLAST_CACHE .*BIOPLAST_SHARED_CACHE"
    )
    with pytest.raises(RequestError, match=message) as caught:
        cache_folder("kernels")
    assert not isinstance(caught.value, UnusableCacheError)  # which kernels do without
    assert "\n" not in str(caught.value)
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", str(tmp_path / "cache"))
    assert cache_folder(part) == path


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o700])
def test_one_that_others_may_read_is_not(tmp_path, monkeypatch, mode):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(mode)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache"


def test_what_is_somebody_elses_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    monkeypatch.setattr(folder.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(RequestError, match=rf"^build cache {tmp_path}: it belongs to user {os.getuid()}"):
        cache_folder()
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
