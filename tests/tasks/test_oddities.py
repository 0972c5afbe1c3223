"""Data that are not what they should be: what is refused, and what is told."""

import re

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks.oddities import check_task, describe_task, find_oddities
from bioplast.tasks.task import Images, Task

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (60, 6)).astype(np.uint8)
THREE = np.arange(60) % 3


def make_task(labels=THREE, pixels=PIXELS, *, test_labels=THREE, test_pixels=PIXELS):
    train = Images(pixels.astype(np.uint8), np.asarray(labels, np.uint8))
    test = Images(test_pixels.astype(np.uint8), np.asarray(test_labels, np.uint8))
    return Task("mine", train, test, int(max(train.labels.max(), test.labels.max())) + 1, (2, 3))


STRAY = np.where(np.arange(60) == 7, 255, THREE)

REFUSED = {
    "one class": (make_task(THREE * 0), "training labels must be of at least 2 classes, all 60 are 0"),
    "stray label": (
        make_task(STRAY),
        "they go up to 255, but only 4 values occur in training, 255 1 times",
    ),
    "stray test label": (make_task(test_labels=STRAY), "they go up to 255, but only 3 values occur"),
    "labels in tens": (make_task(THREE * 10), "they go up to 20, but only 3 values occur"),
    "black": (make_task(pixels=PIXELS * 0), "training images must differ, every pixel is 0"),
    "gray": (make_task(test_pixels=PIXELS * 0 + 128), "test images must differ, every pixel is 128"),
    "0 or 1": (
        make_task(pixels=PIXELS > 99),
        "pixels of training images must lie in 0 to 255, they are 0 or 1",
    ),
    "test in 0 or 1": (make_task(test_pixels=PIXELS > 99), "pixels of test images must lie in 0 to 255"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused(name):
    task, message = REFUSED[name]
    with pytest.raises(RequestError, match=f"^here: .*{message}"):
        check_task(task, "here")


TOLD = {
    "from 1": (make_task(THREE + 1, test_labels=THREE + 1), ["no training image has the label 0; .* 0 to 3"]),
    "gap": (make_task(THREE * 2 % 5, test_labels=THREE * 2 % 5), ["no training image has the label 1, 3;"]),
    "only in test": (
        make_task(test_labels=np.arange(60) % 4),
        ["no training image has the label 3;", "test images have the label 3, which no training image has"],
    ),
    "one class in test": (make_task(test_labels=THREE * 0 + 1), ["all test images have the label 1"]),
    "dark": (make_task(pixels=PIXELS // 16), ["the brightest pixel of the training images is 15 of 255"]),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_odd_is_told_in_a_line_each(name):
    task, messages = TOLD[name]
    check_task(task, "here")
    found = list(find_oddities(task))
    assert len(found) == len(messages)
    for line, message in zip(found, messages, strict=True):
        assert re.search(message, line)


def test_nothing_is_odd_about_ordinary_images():
    check_task(make_task(), "here")
    assert list(find_oddities(make_task())) == []


def test_many_missing_labels_are_not_all_listed():
    labels = np.concatenate([np.arange(20), np.arange(40, 60)]).repeat(2)
    task = make_task(labels, RNG.integers(0, 256, (80, 6)))
    (line,) = list(find_oddities(task))[:1]
    assert "20, 21, 22, 23, 24 and 15 more;" in line


def test_description_says_how_many_and_which_pixels():
    task = make_task(THREE + 1, PIXELS.clip(3, 250), test_labels=THREE + 1)
    assert describe_task(task) == "60 training and 60 test images of 2 x 3 pixels (3 to 250), 3 classes"
