"""IDX files: what is written is read, and every fault is named in one line."""

import gzip
import os
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bioplast.errors import RequestError
from bioplast.tasks.idx import IMAGES_MAGIC, LABELS_MAGIC, parse_idx, read_bytes, write_idx

MAGIC_OF_NDIM = {1: LABELS_MAGIC, 3: IMAGES_MAGIC}

# Two images of 2 x 3 pixels, byte by byte.
IMAGES_BYTES = bytes.fromhex("00000803 00000002 00000002 00000003 000102030405 fffefdfcfbfa")
IMAGES = np.array([[[0, 1, 2], [3, 4, 5]], [[255, 254, 253], [252, 251, 250]]], np.uint8)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def test_bytes_written_by_hand_are_read(path):
    np.testing.assert_array_equal(parse_idx(IMAGES_BYTES, magic=IMAGES_MAGIC, path=path), IMAGES)


def test_array_is_written_as_by_hand(path):
    write_idx(path, IMAGES)
    assert path.read_bytes() == IMAGES_BYTES


@given(
    array=hnp.arrays(
        np.uint8,
        st.sampled_from([1, 3]).flatmap(
            lambda ndim: hnp.array_shapes(min_dims=ndim, max_dims=ndim, min_side=1, max_side=6)
        ),
    ),
    suffix=st.sampled_from(["", ".gz"]),
)
def test_written_array_is_read_back(tmp_path_factory, array, suffix):
    path = tmp_path_factory.mktemp("idx") / f"array{suffix}"
    write_idx(path, array)
    read = parse_idx(read_bytes(path), magic=MAGIC_OF_NDIM[array.ndim], path=path)
    assert read.dtype == np.uint8
    assert not read.flags.writeable
    np.testing.assert_array_equal(read, array, strict=True)
    assert path.read_bytes().startswith(b"\x1f\x8b") == (suffix == ".gz")


@given(length=st.integers(0, len(IMAGES_BYTES) - 1), zipped=st.booleans())
def test_every_cut_of_a_file_is_refused(tmp_path_factory, length, zipped):
    path = tmp_path_factory.getbasetemp() / "cut"
    content = IMAGES_BYTES[:length]
    with pytest.raises(RequestError, match=f"^{re.escape(str(path))}: truncated") as caught:
        parse_idx(gzip.compress(content, mtime=0) if zipped else content, magic=IMAGES_MAGIC, path=path)
    assert "\n" not in str(caught.value)


@given(length=st.integers(2, len(gzip.compress(IMAGES_BYTES, mtime=0)) - 1))
def test_every_cut_of_a_gzip_stream_is_refused(tmp_path_factory, length):
    path = tmp_path_factory.getbasetemp() / "cut.gz"
    with pytest.raises(RequestError, match="truncated, the gzip stream ends early"):
        parse_idx(gzip.compress(IMAGES_BYTES, mtime=0)[:length], magic=IMAGES_MAGIC, path=path)


@pytest.mark.parametrize(
    ("content", "magic", "message"),
    [
        (IMAGES_BYTES, LABELS_MAGIC, "magic number must be 0x00000801, got 0x00000803"),
        (b"\x00\x00\x0d\x03" + IMAGES_BYTES[4:], IMAGES_MAGIC, "must be 0x00000803, got 0x00000d03"),
        (b"some text", LABELS_MAGIC, "magic number must be 0x00000801, got 0x736f6d65"),
        (b"", LABELS_MAGIC, "truncated, the header needs 8 bytes, got 0"),
        (IMAGES_BYTES[:10], IMAGES_MAGIC, "truncated, the header needs 16 bytes, got 10"),
        (IMAGES_BYTES[:-1], IMAGES_MAGIC, "truncated, the header says 2 x 2 x 3 bytes of data, got 11"),
        (IMAGES_BYTES + b"\x00", IMAGES_MAGIC, "too long, the header says 2 x 2 x 3 bytes of data, got 13"),
        (b"\x00\x00\x08\x01" + b"\xff" * 4, LABELS_MAGIC, "truncated, the header says 4294967295 bytes"),
        (b"\x00\x00\x08\x01" + b"\x00" * 4, LABELS_MAGIC, "must hold data, the header says 0"),
        (b"\x00\x00\x08\x03" + b"\xff" * 8 + b"\x00" * 4, IMAGES_MAGIC, "must hold data, the header says"),
        (b"\x1f\x8b no gzip after all", IMAGES_MAGIC, "damaged gzip file"),
        (gzip.compress(IMAGES_BYTES, mtime=0) + b"more", IMAGES_MAGIC, "damaged gzip file"),
    ],
)
def test_a_fault_is_named(path, content, magic, message):
    with pytest.raises(RequestError, match=f"^{re.escape(str(path))}: .*{re.escape(message)}") as caught:
        parse_idx(content, magic=magic, path=path)
    assert "\n" not in str(caught.value)


def test_gzip_with_a_flipped_bit_is_refused(path):
    content = bytearray(gzip.compress(IMAGES_BYTES, mtime=0))
    content[-5] ^= 1  # within the stream's own check value
    with pytest.raises(RequestError, match="damaged gzip file"):
        parse_idx(bytes(content), magic=IMAGES_MAGIC, path=path)


def test_missing_file(path):
    with pytest.raises(RequestError, match=r"file: there is no such file$"):
        read_bytes(path)


def test_folder_instead_of_a_file(tmp_path):
    with pytest.raises(RequestError, match=r"must be a file$"):
        read_bytes(tmp_path)


def test_pipe_instead_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RequestError, match=r"pipe: must be a file$"):
        read_bytes(tmp_path / "pipe")


def test_only_bytes_are_written(path):
    with pytest.raises(TypeError):
        write_idx(path, np.array([1.5]))
    assert not path.exists()
