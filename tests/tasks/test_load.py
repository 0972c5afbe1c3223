import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import TASKS, is_named, load_task
from bioplast.tasks.idx import write_idx

ALLOWED = "mnist, cues, randman, patterns-in-time or a folder of IDX files"


def test_mnist_by_name():
    assert load_task("mnist").name == "mnist"
    assert list(TASKS)[:2] == ["mnist", "fashion-mnist"]


def test_folder_by_path(tmp_path):
    for prefix, n in (("train", 3), ("t10k", 2)):
        write_idx(
            tmp_path / f"{prefix}-images-idx3-ubyte.gz",
            np.full((n, 4, 5), np.arange(n)[:, None, None] * 100, np.uint8),
        )
        write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte", np.arange(n, dtype=np.uint8))
    task = load_task(str(tmp_path))
    assert (task.name, task.n_classes, task.shape) == (str(tmp_path), 3, (4, 5))
    assert (len(task.train), len(task.test)) == (3, 2)


@pytest.mark.parametrize("name", ["cifar", "", "no/such/folder", "nul\0byte", "long" * 2000])
def test_neither_a_name_nor_a_folder(name):
    with pytest.raises(RequestError, match=r"^task: must be mnist, .* or a folder of IDX files, got '"):
        load_task(name)


def test_file_instead_of_a_folder(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(b"")
    with pytest.raises(RequestError, match=r"^task: must be mnist, .* or a folder of IDX files, got "):
        load_task(str(path))


def test_names_with_values_of_their_own():
    assert is_named("cues")
    assert is_named("cues(n_cues=5)")
    assert not is_named("cuesn_cues=5")
    assert not is_named("/some/folder")
