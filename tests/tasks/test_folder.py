"""A folder of four IDX files as a task, and all that can be wrong with it."""

import hashlib

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks.folder import load_folder
from bioplast.tasks.idx import write_idx

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
ARRAYS = {
    TRAIN_IMAGES: np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3),
    TRAIN_LABELS: np.array([0, 1, 2, 1], np.uint8),
    TEST_IMAGES: np.arange(100, 100 + 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3),
    TEST_LABELS: np.array([3, 0], np.uint8),
}


@pytest.fixture(params=["", ".gz"], ids=["plain", "gzip"])
def suffix(request):
    return request.param


@pytest.fixture
def folder(tmp_path, suffix):
    for name, array in ARRAYS.items():
        write_idx(tmp_path / f"{name}{suffix}", array)
    return tmp_path


def write_checksums(folder):
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in folder.iterdir()]
    (folder / "SHA256SUMS").write_text("\n".join(lines))


def test_task_holds_what_the_files_hold(folder):
    task = load_folder(folder, name="mine")
    assert (task.name, task.n_classes, task.shape, task.n_pixels) == ("mine", 4, (2, 3), 6)
    np.testing.assert_array_equal(task.train.pixels, ARRAYS[TRAIN_IMAGES].reshape(4, 6))
    np.testing.assert_array_equal(task.train.labels, ARRAYS[TRAIN_LABELS])
    np.testing.assert_array_equal(task.test.pixels, ARRAYS[TEST_IMAGES].reshape(2, 6))
    np.testing.assert_array_equal(task.test.labels, ARRAYS[TEST_LABELS])


def test_plain_file_goes_before_gzipped(tmp_path):
    for name, array in ARRAYS.items():
        write_idx(tmp_path / name, array)
        write_idx(tmp_path / f"{name}.gz", np.zeros_like(array))
    assert load_folder(tmp_path, name="mine").train.labels.any()


@pytest.mark.parametrize("name", ARRAYS)
def test_missing_file(folder, suffix, name):
    (folder / f"{name}{suffix}").unlink()
    others = ", ".join(sorted(f"{other}{suffix}" for other in ARRAYS if other != name))
    with pytest.raises(RequestError, match=f"must hold {name} or {name}.gz, found {others}$"):
        load_folder(folder, name="mine")


def test_names_with_a_dot_of_other_distributions(folder, suffix):
    for name in ARRAYS:
        (folder / f"{name}{suffix}").rename(folder / f"{name.replace('-idx', '.idx')}{suffix}")
    task = load_folder(folder, name="mine")
    np.testing.assert_array_equal(task.train.labels, ARRAYS[TRAIN_LABELS])
    np.testing.assert_array_equal(task.test.pixels, ARRAYS[TEST_IMAGES].reshape(2, 6))


def test_of_a_folder_full_of_other_files_only_some_are_named(tmp_path):
    for number in range(100):
        (tmp_path / f"photo{number:02}.jpg").touch()
    with pytest.raises(RequestError, match=r"found photo00.jpg, .*photo07.jpg, \.\.\.$"):
        load_folder(tmp_path, name="mine")


@pytest.mark.parametrize("name", ARRAYS)
def test_truncated_file(folder, suffix, name):
    path = folder / f"{name}{suffix}"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RequestError, match=f"{path.name}: truncated"):
        load_folder(folder, name="mine")


@pytest.mark.parametrize(("name", "images"), [(TRAIN_LABELS, 4), (TEST_LABELS, 2)], ids=["training", "test"])
def test_unequal_lengths(folder, suffix, name, images):
    write_idx(folder / f"{name}{suffix}", np.zeros(3, np.uint8))
    message = (
        rf"{name}{suffix}: must hold one label for each of the {images} images in .*ubyte{suffix}, got 3$"
    )
    with pytest.raises(RequestError, match=message):
        load_folder(folder, name="mine")


def test_images_where_labels_should_be(folder, suffix):
    write_idx(folder / f"{TEST_LABELS}{suffix}", ARRAYS[TEST_IMAGES])
    with pytest.raises(RequestError, match=f"{TEST_LABELS}{suffix}: magic number must be 0x00000801"):
        load_folder(folder, name="mine")


def test_test_images_of_another_size(folder, suffix):
    write_idx(folder / f"{TEST_IMAGES}{suffix}", np.zeros((2, 3, 2), np.uint8))
    with pytest.raises(RequestError, match="must be 2 x 3 pixels as the training images are, got 3 x 2"):
        load_folder(folder, name="mine")


def test_right_checksums_pass(folder):
    write_checksums(folder)
    assert len(load_folder(folder, name="mine").train) == 4


@pytest.mark.parametrize("name", ARRAYS)
def test_broken_checksum(folder, suffix, name):
    write_checksums(folder)
    array = ARRAYS[name].copy()
    array.flat[-1] ^= 1
    write_idx(folder / f"{name}{suffix}", array)
    with pytest.raises(RequestError, match=f"{name}{suffix}: checksum must be "):
        load_folder(folder, name="mine")


def test_file_that_the_checksums_do_not_name_is_read(folder, suffix):
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  another file\n")
    assert load_folder(folder, name="mine").n_classes == 4


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere: cannot be read \(No such file or directory\)$"):
        load_folder(tmp_path / "nowhere", name="mine")
