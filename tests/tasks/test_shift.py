import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.randomness import make_key
from bioplast.tasks import Images, Task, load_task
from bioplast.tasks.shift import check_shift, draw_shifts, shift_pixels, shift_trials

KEY = make_key(3, "order")


def test_pixels_go_where_they_are_shifted_and_black_comes_in():
    image = np.zeros((4, 5), np.uint8)
    image[1, 2] = 7
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            (moved,) = shift_pixels(image[np.newaxis], np.array([down]), np.array([right]), 1)
            assert moved[1 + down, 2 + right] == 7
            assert moved.sum() == 7
    (gone,) = shift_pixels(np.full((1, 2, 2), 9, np.uint8), np.array([2]), np.array([0]), 2)
    assert not gone.any()


def test_all_shifts_are_equally_frequent():
    down, right = draw_shifts(0, 9000, 1, KEY)
    counts = np.unique(np.stack([down, right]), axis=1, return_counts=True)[1]
    assert counts.size == 9
    # 1,000 each, with a standard deviation of 30.
    assert np.abs(counts - 1000).max() < 150


def test_a_trial_is_shifted_alike_however_the_run_is_cut():
    task, indices = load_task("mnist"), np.arange(50, 80)
    whole = shift_trials(task, indices, 100, 2, KEY)
    parts = [shift_trials(task, indices[a:b], 100 + a, 2, KEY) for a, b in ((0, 11), (11, 30))]
    pixels = np.concatenate([part.images.pixels[part.indices] for part in parts])
    np.testing.assert_array_equal(whole.images.pixels[whole.indices], pixels)
    np.testing.assert_array_equal(whole.labels, task.train.labels[indices])
    assert np.mean(pixels == task.train.pixels[indices]) < 0.95
    assert whole.first == 100


def test_what_cannot_be_shifted_is_refused():
    images = Images(np.zeros((2, 12), np.uint8), np.zeros(2, np.uint8))
    task = Task("small", images, images, 2, (3, 4))
    check_shift(task, 2)
    with pytest.raises(RequestError, match="shift: must be less than the 3 x 4 pixels of an image, got 3"):
        check_shift(task, 3)
