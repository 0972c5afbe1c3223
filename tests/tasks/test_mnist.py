"""MNIST as it comes inside the package."""

import numpy as np

from bioplast.tasks.checksums import FILE_NAME, read_checksums
from bioplast.tasks.mnist import FOLDER, load_mnist

# How often each digit occurs in the training images, as published with the data.
TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_sizes():
    task = load_mnist()
    assert (task.name, task.n_classes, task.shape, task.n_pixels) == ("mnist", 10, (28, 28), 784)
    assert task.train.pixels.shape == (60_000, 784)
    assert task.test.pixels.shape == (10_000, 784)
    assert (len(task.train), len(task.test)) == (60_000, 10_000)


def test_contents():
    task = load_mnist()
    np.testing.assert_array_equal(np.bincount(task.train.labels), TRAIN_COUNTS)
    np.testing.assert_array_equal(task.test.labels[:10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    # 0.1307 is the training images' mean brightness that every MNIST recipe normalises with.
    np.testing.assert_allclose(task.train.pixels.mean() / 255, 0.1307, atol=5e-5)


def test_every_file_has_a_checksum_and_the_licence_is_beside_them():
    data = {path.name for path in FOLDER.glob("*.gz")}
    assert len(data) == 4
    assert set(read_checksums(FOLDER / FILE_NAME)) == data
    assert "CC BY-SA 3.0" in (FOLDER / "SOURCE.md").read_text(encoding="utf-8")


def test_arrays_are_shared_and_cannot_be_changed():
    task = load_mnist()
    assert load_mnist() is task
    for images in (task.train, task.test):
        assert not images.pixels.flags.writeable
        assert not images.labels.flags.writeable
