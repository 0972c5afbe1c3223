"""Images shifted by a few pixels: as a digit is the same digit a little further up or to the left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.tasks.poisson import trial_keys
from bioplast.tasks.task import Images, Task, Trials

Pixels = NDArray[np.int64]

_STREAM = 0  # only images that are learned from are shifted


def check_shift(task: Task, most: int) -> None:
    """Raise ``RequestError`` unless the images of ``task`` can be shifted by up to ``most`` pixels."""
    if most and not isinstance(task.train, Images):
        raise RequestError(f"shift: {task.name} has no images that could be shifted, got {most}")
    if most >= min(task.shape):
        height, width = task.shape
        raise RequestError(f"shift: must be less than the {height} x {width} pixels of an image, got {most}")


def shift_trials(task: Task, indices: NDArray[np.int64], first: int, most: int, key: int) -> Trials:
    """Trials with images of the training set that are shifted, anew each time they are shown.

    What is shifted in is black. Up or down and left or right are drawn from -most ... most for each trial, by
    its number: the same for every network, and however a run is cut into chunks.

    Parameters
    ----------
    task : what is learned
    indices : (n_trials,), the images
    first : number of the first trial
    most : pixels in each direction
    key : of the run (``bioplast.randomness.make_key``)
    """
    down, right = draw_shifts(first, len(indices), most, key)
    pixels = shift_pixels(task.train.pixels[indices].reshape(-1, *task.shape), down, right, most)
    images = Images(pixels.reshape(len(indices), -1), task.train.labels[indices], passing=True)
    return Trials(images, np.arange(len(indices)), first)


def draw_shifts(first: int, n_trials: int, most: int, key: int) -> tuple[Pixels, Pixels]:
    """Pixels down and to the right, (n_trials,) each, in -most ... most."""
    keys = trial_keys(key, _STREAM, first + np.arange(n_trials)).astype(np.int64)
    n = 2 * most + 1
    return keys % n - most, keys // n % n - most


def shift_pixels(pixels: NDArray[np.uint8], down: Pixels, right: Pixels, most: int) -> NDArray[np.uint8]:
    """``pixels`` (n, height, width), each image shifted by its part of ``down`` and ``right``."""
    n, height, width = pixels.shape
    padded = np.pad(pixels, ((0, 0), (most, most), (most, most)))
    rows = most - down[:, np.newaxis] + np.arange(height)
    columns = most - right[:, np.newaxis] + np.arange(width)
    return padded[np.arange(n)[:, np.newaxis, np.newaxis], rows[:, :, np.newaxis], columns[:, np.newaxis]]
