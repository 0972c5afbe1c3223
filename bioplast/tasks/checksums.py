"""``SHA256SUMS``: one line a file, as ``sha256sum`` writes them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.tasks.idx import read_bytes

FILE_NAME = "SHA256SUMS"

_LINE = re.compile(r"(?P<digest>[0-9a-fA-F]{64}) [ *](?P<name>.+)")


def read_checksums(path: Path) -> dict[str, str]:
    """File name to SHA-256 (hexadecimal, lower case).

    Raises
    ------
    RequestError : the file cannot be read, or has a line that is none of ``sha256sum``'s
    """
    checksums = {}
    for number, line in enumerate(read_bytes(path).decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise RequestError(f"{path}: line {number} must be a SHA-256 and a file name, got {line[:80]!r}")
        checksums[match["name"]] = match["digest"].lower()
    return checksums


def check_checksum(content: bytes, *, expected: str, path: Path) -> None:
    """Raise ``RequestError`` unless ``content``, read from ``path``, has the SHA-256 ``expected``."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise RequestError(f"{path}: checksum must be {expected} (see {FILE_NAME}), got {found}")
