"""What is learned: labeled images, and the order in which they are shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Images:
    """Labeled images.

    Attributes
    ----------
    pixels : (n_images, n_pixels) uint8
    labels : (n_images,) uint8, the class of each
    passing : whether they are made for one chunk of trials, so that nothing of them is to be kept
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    passing: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    def labels_of(self, indices: NDArray[np.int64]) -> NDArray[np.integer[Any]]:
        """(n_trials,) the classes of the images with these numbers."""
        return self.labels[indices]


@dataclass(frozen=True)
class Task:
    """Images to learn from and images to test on.

    Attributes
    ----------
    name : how the task was asked for: ``"mnist"`` or a folder
    n_classes : number of classes, from the labels
    shape : height and width of an image
    validation : images held out of ``train``; None where a share of it is to be held out
    """

    name: str
    train: Images
    test: Images
    n_classes: int
    shape: tuple[int, int]
    validation: Images | None = None

    @classmethod
    def from_arrays(
        cls,
        images: ArrayLike,
        labels: ArrayLike,
        test_images: ArrayLike | None = None,
        test_labels: ArrayLike | None = None,
        *,
        name: str = "arrays",
        seed: int = 0,
    ) -> Task:
        """A task of one's own images, for ``carry_out(config, task=task)``.

        Parameters
        ----------
        images : (n_images, height, width) or (n_images, n_pixels), uint8 from 0 to 255 or floats from 0 to 1,
            which are rounded to these
        labels : (n_images,), the class of each: 0, 1, 2 ...
        test_images, test_labels : the same, to test on; without them a fifth of the others is held out
        name : of the task, in records
        seed : of what is held out

        Raises
        ------
        RequestError : they cannot be meant: shapes that do not fit, pixels out of range, labels that are no
            classes

        >>> from bioplast.tasks import Task
        >>> task = Task.from_arrays(np.eye(10), np.arange(10) % 2)
        >>> len(task.train), len(task.test), task.n_classes
        (8, 2, 2)
        """
        from bioplast.tasks.arrays import make_task

        return make_task(images, labels, test_images, test_labels, name=name, seed=seed)

    @property
    def n_pixels(self) -> int:
        return self.train.pixels.shape[1]

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that differ whenever an image or a label does."""
        digest = hashlib.sha256()
        for array in (self.train.pixels, self.train.labels, self.test.pixels, self.test.labels):
            digest.update(f"{array.dtype.str} {array.shape} ".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Trials:
    """A chunk of presentations.

    Attributes
    ----------
    images : the set of images, or of trials in time (``bioplast.tasks.sequences``), that they come from
    indices : (n_trials,) int64, which of them each trial shows
    first : number of the first trial; with ``stream`` and the seed it fixes the Poisson spikes
    stream : 0 for training, 1 for validation, 2 for test
    rate : by what learning rates are multiplied in these trials
    """

    images: Images
    indices: NDArray[np.int64]
    first: int = 0
    stream: int = 0
    rate: float = 1.0

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def labels(self) -> NDArray[np.integer[Any]]:
        """(n_trials,) the class shown in each trial."""
        return self.images.labels_of(self.indices)
