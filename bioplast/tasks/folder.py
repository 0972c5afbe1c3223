"""A task from a folder of four IDX files with the names of MNIST, each plain or gzipped (``.gz``).

::

    train-images-idx3-ubyte   train-labels-idx1-ubyte
    t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte

The names with a dot that other distributions have, ``train-images.idx3-ubyte``, will do as well.
A ``SHA256SUMS`` beside them is checked for every file it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.tasks.checksums import FILE_NAME, check_checksum, read_checksums
from bioplast.tasks.idx import IMAGES_MAGIC, LABELS_MAGIC, parse_idx, read_bytes
from bioplast.tasks.oddities import check_task
from bioplast.tasks.task import Images, Task

LISTED = 8  # files named where one is missing


def load_folder(folder: Path, *, name: str) -> Task:
    """Read the four files of ``folder``.

    Parameters
    ----------
    folder : where they are; a plain file is read in preference to a gzipped one
    name : how the task was asked for

    Raises
    ------
    RequestError : a file is missing, empty, truncated, of another format or fails its checksum; images
        and labels are not equally many; training and test images differ in size; nothing can be learned
        from them (``check_task``)
    """
    paths = _list_files(folder)
    checksums = read_checksums(paths[FILE_NAME]) if FILE_NAME in paths else {}
    train, shape = _read_set(folder, "train", paths, checksums)
    test, test_shape = _read_set(folder, "t10k", paths, checksums)
    if test_shape != shape:
        raise RequestError(
            f"{folder}: test images must be {shape[0]} x {shape[1]} pixels as the training images are, "
            f"got {test_shape[0]} x {test_shape[1]}"
        )
    n_classes = int(max(train.labels.max(), test.labels.max())) + 1
    task = Task(name=name, train=train, test=test, n_classes=n_classes, shape=shape)
    check_task(task, folder)
    return task


def _list_files(folder: Path) -> dict[str, Path]:
    try:
        return {path.name: path for path in folder.iterdir()}
    except OSError as error:
        raise RequestError(f"{folder}: cannot be read ({error.strerror})") from None


def _read_set(
    folder: Path, prefix: str, paths: Mapping[str, Path], checksums: Mapping[str, str]
) -> tuple[Images, tuple[int, int]]:
    """The labeled images of one set, and an image's height and width."""
    images_path = _find(folder, f"{prefix}-images-idx3-ubyte", paths)
    labels_path = _find(folder, f"{prefix}-labels-idx1-ubyte", paths)
    images = _read(images_path, IMAGES_MAGIC, checksums)  # (n_images, height, width)
    labels = _read(labels_path, LABELS_MAGIC, checksums)  # (n_images,)
    if len(images) != len(labels):
        raise RequestError(
            f"{labels_path}: must hold one label for each of the {len(images)} images in "
            f"{images_path.name}, got {len(labels)}"
        )
    n_images, height, width = images.shape
    return Images(images.reshape(n_images, height * width), labels), (height, width)


def _find(folder: Path, name: str, paths: Mapping[str, Path]) -> Path:
    """The file of that name, or else its gzipped form; after them the names with a dot."""
    dotted = name.replace("-idx", ".idx")
    for candidate in (name, f"{name}.gz", dotted, f"{dotted}.gz"):
        if candidate in paths:
            return paths[candidate]
    found = ", ".join(sorted(paths)[:LISTED]) + ", ..." * (len(paths) > LISTED)
    raise RequestError(f"{folder}: must hold {name} or {name}.gz, found {found or 'nothing'}")


def _read(path: Path, magic: int, checksums: Mapping[str, str]) -> NDArray[np.uint8]:
    content = read_bytes(path)
    if path.name in checksums:
        check_checksum(content, expected=checksums[path.name], path=path)
    return parse_idx(content, magic=magic, path=path)
