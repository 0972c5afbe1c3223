import numpy as np

from bioplast.tasks import Images, Task, Trials

IMAGES = Images(pixels=np.arange(12, dtype=np.uint8).reshape(3, 4), labels=np.array([2, 0, 1], np.uint8))


def test_lengths():
    assert len(IMAGES) == 3
    assert len(Trials(IMAGES, np.array([1, 1, 0, 2]))) == 4
    assert Task("mine", train=IMAGES, test=IMAGES, n_classes=3, shape=(2, 2)).n_pixels == 4


def test_labels_follow_the_order_of_presentation():
    np.testing.assert_array_equal(Trials(IMAGES, np.array([1, 1, 0, 2])).labels, [0, 0, 2, 1])
