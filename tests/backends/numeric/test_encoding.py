import numpy as np

from bioplast.backends.numeric.encoding import Rates, read_pixels
from bioplast.tasks.task import Images, Trials

IMAGES = Images(np.array([[0, 255, 51, 0], [0, 0, 0, 0]], np.uint8), np.array([0, 1], np.uint8))


def test_pixels_become_rates_and_a_unit_is_always_on():
    values = Rates().encode(Trials(IMAGES, np.array([0, 1, 0])), np.float64)
    np.testing.assert_array_equal(values, [[0, 1, 0.2, 0, 1], [0, 0, 0, 0, 1], [0, 1, 0.2, 0, 1]])


def test_the_fast_form_reads_the_same():
    trials = Trials(IMAGES, np.arange(2))
    expected = Rates().encode(trials, np.float32)
    read, source, table = Rates().fast(trials, np.float32)
    assert read is read_pixels
    for image in range(2):
        pre, rows = np.zeros(5, np.float32), np.zeros(5, np.int64)
        n = read(source, table, image, pre, rows)
        np.testing.assert_array_equal(rows[:n], np.flatnonzero(expected[image]))
        np.testing.assert_array_equal(pre[rows[:n]], expected[image][rows[:n]])
