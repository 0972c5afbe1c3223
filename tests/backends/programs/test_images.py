from dataclasses import replace
from pathlib import Path

import numpy as np

from bioplast.backends.programs import images as module
from bioplast.backends.programs.images import ALWAYS_ON, images_file, with_always_on
from bioplast.tasks import Images


def make_images(seed=0, n_images=5):
    rng = np.random.default_rng(seed)
    return Images(rng.integers(0, 256, (n_images, 6), np.uint8), np.zeros(n_images, np.uint8))


def test_last_input_is_always_on():
    images = make_images()
    padded = with_always_on(images)
    assert padded.dtype == np.uint8
    np.testing.assert_array_equal(padded[:, :-1], images.pixels)
    np.testing.assert_array_equal(padded[:, -1], [ALWAYS_ON] * 5)
    assert ALWAYS_ON / 255 == 1


def test_padding_is_remembered_but_not_for_ever():
    images = make_images()
    padded = with_always_on(images)
    assert with_always_on(images) is padded
    for seed in range(1, 10):
        with_always_on(make_images(seed))
    assert len(module._remembered) <= 4
    np.testing.assert_array_equal(with_always_on(images), padded)


def test_file_holds_the_images_and_equal_images_share_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    padded = with_always_on(make_images())
    path = images_file(padded)
    np.testing.assert_array_equal(np.fromfile(path, np.uint8).reshape(padded.shape), padded)
    assert images_file(with_always_on(make_images())) == path
    assert images_file(with_always_on(make_images(1))) != path
    assert len(list((tmp_path / "images").glob("*.u8"))) == 2


def test_passing_images_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    images = replace(make_images(), passing=True)
    padded = with_always_on(images)
    expected, path = padded.copy(), Path(images_file(padded))
    np.testing.assert_array_equal(np.fromfile(path, np.uint8).reshape(padded.shape), expected)
    assert images_file(padded) == str(path)
    assert with_always_on(images) is not padded
    del padded
    assert not path.exists()
    assert not (tmp_path / "images").exists()


def test_no_set_of_images_is_taken_for_one_that_is_gone():
    # A new array may lie where an old one lay, and has its id.
    for seed in range(20):
        padded = with_always_on(make_images(seed))
        np.testing.assert_array_equal(np.fromfile(images_file(padded), np.uint8), padded.ravel())
        del padded
