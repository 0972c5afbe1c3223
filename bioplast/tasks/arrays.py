"""A task from arrays of images and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bioplast.errors import RequestError
from bioplast.tasks.oddities import WHITE, check_task
from bioplast.tasks.task import Images, Task

TEST_SHARE = 0.2
_MOST_CLASSES = 256  # labels take a byte


def make_task(
    images: ArrayLike,
    labels: ArrayLike,
    test_images: ArrayLike | None = None,
    test_labels: ArrayLike | None = None,
    *,
    name: str = "arrays",
    seed: int = 0,
) -> Task:
    """``Task.from_arrays``."""
    train, shape = _read(images, labels, "images")
    if (test_images is None) != (test_labels is None):
        raise RequestError("Task.test_images: must come with test_labels, and they with them")
    if test_images is not None and test_labels is not None:
        test, test_shape = _read(test_images, test_labels, "test_images")
        if test_shape != shape:
            raise RequestError(f"Task.test_images: must be of the shape {shape}, got {test_shape}")
    else:
        order = np.random.default_rng(seed).permutation(len(train))
        n_test = max(1, round(TEST_SHARE * len(train)))
        train, test = (
            Images(train.pixels[chosen], train.labels[chosen])
            for chosen in (np.sort(order[n_test:]), np.sort(order[:n_test]))
        )
    if len(train) == 0:
        raise RequestError("Task.images: must be at least 2, got 1")
    n_classes = int(max(train.labels.max(), test.labels.max())) + 1
    task = Task(name=name, train=train, test=test, n_classes=n_classes, shape=shape)
    check_task(task, "Task")
    return task


def _read(images: ArrayLike, labels: ArrayLike, name: str) -> tuple[Images, tuple[int, int]]:
    """Labeled images, and an image's height and width."""
    pixels = _read_pixels(np.asarray(images), name)
    classes = np.asarray(labels)
    if classes.shape != (len(pixels),):
        raise RequestError(
            f"Task.labels: must be one for each of {len(pixels)} {name}, got the shape {classes.shape}"
        )
    as_bytes = classes.astype(np.uint8) if classes.dtype.kind in "iub" else None
    if as_bytes is None or not np.array_equal(as_bytes, classes):
        raise RequestError(f"Task.labels: must be whole numbers from 0 to {_MOST_CLASSES - 1}")
    shape = pixels.shape[1:] if pixels.ndim == 3 else (1, pixels.shape[1])
    return Images(pixels.reshape(len(pixels), -1), as_bytes), (int(shape[0]), int(shape[1]))


def _read_pixels(pixels: NDArray[Any], name: str) -> NDArray[np.uint8]:
    if pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise RequestError(
            f"Task.{name}: must have the shape (n_images, height, width) or (n_images, n_pixels), "
            f"got {pixels.shape}"
        )
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8)
    if pixels.dtype.kind != "f" or not np.all((pixels >= 0) & (pixels <= 1)):  # nan is neither
        raise RequestError(f"Task.{name}: must be uint8 from 0 to {WHITE}, or floats from 0 to 1")
    return np.rint(pixels.astype(np.float64) * WHITE).astype(np.uint8)
