"""Random patterns."""

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks.patterns import make_patterns


def test_patterns_are_on_or_off_by_half():
    task = make_patterns(100, 200, seed=1)
    pixels, labels = task.train.pixels, task.train.labels
    assert (pixels.shape, labels.shape, task.n_pixels, task.n_classes) == ((200, 100), (200,), 100, 2)
    assert set(np.unique(pixels)) == {0, 255}
    assert set(np.unique(labels)) == {0, 1}
    # Four standard errors of a share of one half.
    assert abs((pixels > 0).mean() - 0.5) < 4 * 0.5 / np.sqrt(pixels.size)
    assert abs(labels.mean() - 0.5) < 4 * 0.5 / np.sqrt(labels.size)
    assert task.test is task.train


def test_seed_says_which():
    first, again, other = (make_patterns(20, 30, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train.pixels, again.train.pixels)
    np.testing.assert_array_equal(first.train.labels, again.train.labels)
    assert (first.train.pixels != other.train.pixels).any()


def test_patterns_cannot_be_written_to():
    task = make_patterns(3, 4, seed=1)
    with pytest.raises(ValueError, match="read-only"):
        task.train.pixels[0, 0] = 1


@pytest.mark.parametrize(("sizes", "name"), [((0, 5), "n_inputs"), ((5, 0), "n_patterns")])
def test_sizes_below_one_are_refused(sizes, name):
    with pytest.raises(RequestError, match=rf"patterns\.{name}: must be at least 1, got 0"):
        make_patterns(*sizes, seed=1)
