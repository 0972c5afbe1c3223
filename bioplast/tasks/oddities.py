"""What is odd about images and labels that came from anywhere: refused, or told in a line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.tasks.sequences import TimedTask
from bioplast.tasks.task import Images, Task

WHITE = 255
# Images whose brightest pixel is darker than this were most likely scaled to another range.
DARK = 128
# Labels of which more than this share of 0 ... highest never occur are no numbers of classes.
MOST_EMPTY = 0.5
_NAMED = 5  # labels named in a line


def check_task(task: Task, place: object) -> None:
    """Raise if nothing can be learned from ``task``, or not what was meant.

    Parameters
    ----------
    task : the images
    place : where they come from, for messages

    Raises
    ------
    RequestError : all training labels are the same; most numbers below the highest label never occur; the
        images of a set are all of one value, or their pixels lie in 0 to 1 and not in 0 to 255
    """
    labels, counts = np.unique(task.train.labels, return_counts=True)
    if len(labels) == 1:
        raise RequestError(
            f"{place}: training labels must be of at least 2 classes, all {len(task.train):,} are {labels[0]}"
        )
    if len(labels) < (1 - MOST_EMPTY) * task.n_classes:
        raise RequestError(
            f"{place}: labels must be numbers of classes, 0, 1, 2 ...; they go up to {task.n_classes - 1}, "
            f"but only {len(labels)} values occur in training, {labels[-1]} {counts[-1]:,} times"
        )
    for name, images in (("training", task.train), ("test", task.test)):
        low, high = int(images.pixels.min()), int(images.pixels.max())
        if low == high:
            raise RequestError(f"{place}: {name} images must differ, every pixel is {low}")
        if high == 1:
            raise RequestError(
                f"{place}: pixels of {name} images must lie in 0 to {WHITE}, they are 0 or 1; "
                f"multiply them by {WHITE}"
            )


def find_oddities(task: Task) -> Iterator[str]:
    """What a person should know of ``task`` before learning from it, each in a line.

    Trials in time are generated, so that nothing about them is odd.
    """
    if isinstance(task, TimedTask):
        return
    trained, tested = np.unique(task.train.labels), np.unique(task.test.labels)
    empty = np.setdiff1d(np.arange(task.n_classes), trained)
    if empty.size:
        yield (
            f"no training image has the label {_list(empty)}; the network has an output for each of 0 to "
            f"{task.n_classes - 1}, and those that never occur cost energy too"
        )
    new = np.setdiff1d(tested, trained)
    if new.size:
        yield f"test images have the label {_list(new)}, which no training image has"
    if len(tested) == 1:
        yield f"all test images have the label {tested[0]}"
    for name, images in (("training", task.train), ("test", task.test)):
        high = int(images.pixels.max())
        if high < DARK:
            yield f"the brightest pixel of the {name} images is {high} of {WHITE}; input will be weak"


def describe_task(task: Task) -> str:
    """How many images and classes, and the range of their pixels, in a line."""
    height, width = task.shape
    n_classes = len(np.unique(task.train.labels))
    return (
        f"{len(task.train):,} training and {len(task.test):,} test images of {height} x {width} pixels "
        f"({_range(task.train)}), {n_classes} classes"
    )


def _range(images: Images) -> str:
    return f"{int(images.pixels.min())} to {int(images.pixels.max())}"


def _list(labels: NDArray[np.integer]) -> str:
    texts = [str(label) for label in labels[:_NAMED]]
    more = len(labels) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more else "")
