"""Reading files that anybody may have put there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_file(path: Path) -> bytes:
    """The content of the file at ``path``.

    Raises
    ------
    OSError : it cannot be read, or it is no regular file: a pipe would be waited for, perhaps for ever
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read()
