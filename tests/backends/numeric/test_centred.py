import numpy as np
import pytest

from bioplast.backends.numeric.centred import Centred, read_values
from bioplast.tasks.task import Images, Trials


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return Images(rng.integers(0, 256, (40, 25), dtype=np.uint8), np.zeros(40, np.uint8))


def test_without_noise(images):
    values = Centred(noise=0).encode(Trials(images, np.arange(40)), np.float64)
    raw = np.hstack([0.98 * images.pixels / 255, np.full((40, 1), 0.99)])
    # Made in float32: 6e-8 of numbers up to 1.
    np.testing.assert_allclose(values, raw - raw.mean(), atol=3e-7)


def test_noise_is_small_and_always_the_same(images):
    trials = Trials(images, np.array([3, 3, 7]))
    first, again, without = (
        encoding.encode(trials, np.float32) for encoding in (Centred(), Centred(), Centred(noise=0))
    )
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[0], first[1])
    noise = (first - without)[1:]
    # 52 numbers: four standard errors of their standard deviation.
    assert abs(noise.std() - 0.001) < 4 * 0.001 / np.sqrt(2 * noise.size)


def test_the_fast_form_reads_the_same(images):
    encoding, trials = Centred(), Trials(images, np.arange(40))
    read, source, table = encoding.fast(trials, np.float32)
    assert read is read_values
    pre, rows = np.zeros(26, np.float32), np.zeros(26, np.int64)
    assert read(source, table, 5, pre, rows) == 26
    np.testing.assert_array_equal(pre, encoding.encode(trials, np.float32)[5])
