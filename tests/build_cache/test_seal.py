"""What is in the cache is used only if it is what was put there."""

import errno
import os
from pathlib import Path

import pytest

from bioplast.build_cache import (
    UnusableCacheError,
    folder,
    is_sealed,
    read_sealed,
    seal,
    write_once,
    write_sealed,
)
from bioplast.errors import RequestError


def told(path):
    return f"bioplast: build cache: {path} is damaged and is made again\n"


def test_what_is_there_stays(tmp_path):
    path = tmp_path / "folder" / "file"
    write_once(path, b"content")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    write_once(path, b"content")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize("damaged", [b"", b"conten", b"content and more", b"Content"])
def test_a_damaged_file_is_written_again(tmp_path, capsys, damaged):
    path = tmp_path / "file"
    path.write_bytes(damaged)
    write_once(path, b"content")
    assert path.read_bytes() == b"content"
    assert capsys.readouterr().err == told(path)


@pytest.mark.parametrize("n_more", [0, 1, 2])
def test_every_byte_of_a_large_file_counts(tmp_path, capsys, n_more):
    path, content = tmp_path / "file", bytes(range(256)) * 1024 * 2 + bytes(n_more)
    write_once(path, content)
    write_once(path, content)
    assert capsys.readouterr().err == ""
    for damaged in (content[:-1], content + b"x", content[:-1] + b"x", b"x" + content[1:]):
        path.write_bytes(damaged)
        write_once(path, content)
        assert path.read_bytes() == content
        assert capsys.readouterr().err == told(path)


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


@pytest.mark.parametrize("write", [write_once, write_sealed])
def test_a_full_disk_is_said_in_a_line_and_nothing_is_left(tmp_path, monkeypatch, write):
    def fill(path, content):
        with path.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    path = tmp_path / "file"
    message = rf"^build cache {path}: cannot be written to \(No space left on device\); set BIOPLAST_CACHE"
    with pytest.raises(UnusableCacheError, match=message):
        write(path, b"content")
    assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]


def test_what_is_sealed_is_read_only_as_it_was_written(tmp_path, capsys):
    path = tmp_path / "file"
    assert read_sealed(path) is None
    write_sealed(path, b"content")
    assert read_sealed(path) == b"content"
    assert capsys.readouterr().err == ""
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole + b"x", whole[:35] + b"?" + whole[36:], b"", b"?" + whole[1:]):
        path.write_bytes(damaged)
        assert read_sealed(path) is None
        assert capsys.readouterr().err == told(path)


NAMES = ["main", "inner"]


@pytest.fixture
def program(tmp_path):
    """A folder with files of which some are sealed."""
    (tmp_path / "inner").mkdir()
    for name in ("main", "inner/a", "inner/b"):
        (tmp_path / name).write_text(name)
    seal(tmp_path, NAMES)
    return tmp_path


def test_a_folder_is_what_was_sealed(program):
    assert is_sealed(program, NAMES)
    (program / "of no interest").write_text("")
    assert is_sealed(program, NAMES)


DAMAGES = {
    "changed": lambda folder: (folder / "main").write_text("niam"),
    "cut short": lambda folder: (folder / "main").write_text("mai"),
    "gone": lambda folder: (folder / "main").unlink(),
    "a folder": lambda folder: ((folder / "main").unlink(), (folder / "main").mkdir()),
    "not to be run": lambda folder: (folder / "main").chmod(0o700),
    "changed below": lambda folder: (folder / "inner" / "b").write_text("a"),
    "gone below": lambda folder: (folder / "inner" / "b").unlink(),
    "of another name": lambda folder: (folder / "inner" / "a").rename(folder / "inner" / "c"),
    "one more": lambda folder: (folder / "inner" / "c").write_text("c"),
    "no seal": lambda folder: (folder / "sha256").unlink(),
    "half a seal": lambda folder: (folder / "sha256").write_text("0123"),
    "no text for a seal": lambda folder: (folder / "sha256").write_bytes(b"\xff" * 64),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_not(program, damage):
    damage(program)
    assert not is_sealed(program, NAMES)


def test_a_file_in_place_of_the_folder_is_not(tmp_path):
    (tmp_path / "program").write_text("")
    assert not is_sealed(tmp_path / "program", NAMES)
    assert not is_sealed(tmp_path / "nothing", NAMES)


def test_what_somebody_else_put_there_is_refused(program, monkeypatch):
    write_sealed(program / "kernel", b"")
    write_once(program / "image", b"")
    monkeypatch.setattr(folder.os, "geteuid", lambda: os.getuid() + 1)
    uses = [
        lambda: read_sealed(program / "kernel"),
        lambda: write_once(program / "image", b""),
        lambda: is_sealed(program, NAMES),
    ]
    for use in uses:
        with pytest.raises(RequestError, match=rf"it belongs to user {os.getuid()}, and what"):
            use()
    monkeypatch.setenv("BIOPLAST_SHARED_CACHE", str(program))
    for use in uses:
        use()
    assert is_sealed(program, NAMES)


def test_a_program_others_may_write_to_is_refused(program):
    program.chmod(0o777)
    with pytest.raises(RequestError, match=r"others may write to it \(mode 777\)"):
        is_sealed(program, NAMES)
