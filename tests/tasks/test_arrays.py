import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import Task

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (20, 3, 4)).astype(np.uint8)
LABELS = np.arange(20) % 2


def test_images_and_labels_are_what_was_given():
    task = Task.from_arrays(PIXELS, LABELS, PIXELS[:5], LABELS[:5], name="mine")
    np.testing.assert_array_equal(task.train.pixels, PIXELS.reshape(20, 12))
    np.testing.assert_array_equal(task.test.labels, LABELS[:5])
    assert (task.name, task.shape, task.n_classes) == ("mine", (3, 4), 2)


def test_without_a_test_set_a_fifth_is_held_out_and_nothing_is_lost():
    task = Task.from_arrays(PIXELS, LABELS)
    assert (len(task.train), len(task.test)) == (16, 4)
    rows = np.concatenate([task.train.pixels, task.test.pixels])
    assert {bytes(row) for row in rows} == {bytes(row) for row in PIXELS.reshape(20, 12)}
    assert Task.from_arrays(PIXELS, LABELS).digest == task.digest
    assert Task.from_arrays(PIXELS, LABELS, seed=1).digest != task.digest


def test_floats_are_shares_of_white():
    task = Task.from_arrays(PIXELS / 255, LABELS, PIXELS[:5], LABELS[:5])
    np.testing.assert_array_equal(task.train.pixels, PIXELS.reshape(20, 12))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((PIXELS[0, 0], LABELS), r"Task.images: must have the shape .* got \(4,\)"),
        ((PIXELS, LABELS[:3]), r"Task.labels: must be one for each of 20 images, got the shape \(3,\)"),
        ((PIXELS, LABELS - 1), "Task.labels: must be whole numbers from 0 to 255"),
        ((PIXELS, LABELS + 0.5), "Task.labels: must be whole numbers"),
        ((PIXELS.astype(float), LABELS), "Task.images: must be uint8 from 0 to 255, or floats from 0 to 1"),
        ((np.full((20, 4), np.nan), LABELS), "Task.images: must be uint8"),
        ((PIXELS, LABELS, PIXELS[:5]), "Task.test_images: must come with test_labels"),
        ((PIXELS, LABELS, PIXELS[:5, :2], LABELS[:5]), r"Task.test_images: must be of the shape \(3, 4\)"),
        ((PIXELS, np.zeros(20, int)), "Task: training labels must be of at least 2 classes"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments, message):
    with pytest.raises(RequestError, match=message):
        Task.from_arrays(*arguments)
