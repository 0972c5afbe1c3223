import os

import pytest

from bioplast.files import read_file


def test_a_file_is_read(tmp_path):
    (tmp_path / "a").write_bytes(b"\x00text")
    assert read_file(tmp_path / "a") == b"\x00text"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        read_file(tmp_path / "pipe")
