"""IDX files, the format of MNIST: unsigned bytes with a big-endian header, gzipped or not.

The header is a magic number, 0x0000 then 0x08 for unsigned bytes then the number of dimensions, and
one 32-bit length per dimension; the bytes follow in C order.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.files import read_file

LABELS_MAGIC = 0x00000801  # one dimension
IMAGES_MAGIC = 0x00000803  # image, row, column

_GZIP_START = b"\x1f\x8b"
_MAGIC_BYTES = 4
_LENGTH_BYTES = 4


def read_bytes(path: Path) -> bytes:
    """The bytes of a file as they stand on the disk.

    Raises
    ------
    RequestError : there is no such file, or it cannot be read
    """
    try:
        if path.exists() and not path.is_file():  # reading from a pipe or a device may never end
            raise RequestError(f"{path}: must be a file")
        return read_file(path)
    except FileNotFoundError:
        raise RequestError(f"{path}: there is no such file") from None
    except OSError as error:
        raise RequestError(f"{path}: cannot be read ({error.strerror})") from None


def parse_idx(content: bytes, *, magic: int, path: Path) -> NDArray[np.uint8]:
    """The array in the bytes of an IDX file.

    Parameters
    ----------
    content : the file's bytes, gzipped or not
    magic : the magic number it must start with; its last byte is the number of dimensions
    path : the file, for messages

    Returns
    -------
    the array, read-only, with as many dimensions as ``magic`` says

    Raises
    ------
    RequestError : not gzip after all, another magic number, no data, or fewer or more bytes than
        the header says
    """
    if content.startswith(_GZIP_START):
        content = _decompress(content, path)
    found = content[:_MAGIC_BYTES]
    if len(found) == _MAGIC_BYTES and int.from_bytes(found, "big") != magic:
        raise RequestError(f"{path}: magic number must be 0x{magic:08x}, got 0x{found.hex()}")
    n_dimensions = magic & 0xFF
    header = content[: _MAGIC_BYTES + n_dimensions * _LENGTH_BYTES]
    if len(header) < _MAGIC_BYTES + n_dimensions * _LENGTH_BYTES:
        raise RequestError(
            f"{path}: truncated, the header needs {_MAGIC_BYTES + n_dimensions * _LENGTH_BYTES} bytes, "
            f"got {len(content)}"
        )
    shape = tuple(
        int.from_bytes(header[start : start + _LENGTH_BYTES], "big")
        for start in range(_MAGIC_BYTES, len(header), _LENGTH_BYTES)
    )
    if 0 in shape:
        raise RequestError(f"{path}: must hold data, the header says {' x '.join(map(str, shape))}")
    n_bytes = len(content) - len(header)
    if n_bytes != math.prod(shape):
        fault = "truncated" if n_bytes < math.prod(shape) else "too long"
        raise RequestError(
            f"{path}: {fault}, the header says {' x '.join(map(str, shape))} bytes of data, got {n_bytes}"
        )
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an array as an IDX file, gzipped if the name ends in ``.gz``."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    content = header + array.astype(np.uint8, casting="safe").tobytes()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _decompress(content: bytes, path: Path) -> bytes:
    try:
        return gzip.decompress(content)
    except EOFError:
        raise RequestError(f"{path}: truncated, the gzip stream ends early") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise RequestError(f"{path}: damaged gzip file ({error})") from None
