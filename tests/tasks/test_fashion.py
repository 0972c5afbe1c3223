"""Fashion-MNIST, wherever its files are. The real ones are looked at where they are on this machine."""

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import fashion, load_task
from bioplast.tasks.idx import write_idx


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """An empty folder that $BIOPLAST_DATA names, with nothing that Debian has."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(fashion, "DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("BIOPLAST_DATA", str(folder))
    return folder


def write_files(folder, ending=".gz"):
    folder.mkdir(exist_ok=True)
    for prefix, n in (("train", 3), ("t10k", 2)):
        pixels = np.full((n, 4, 5), np.arange(n)[:, None, None] * 100, np.uint8)
        write_idx(folder / f"{prefix}-images-idx3-ubyte{ending}", pixels)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte{ending}", np.arange(n, dtype=np.uint8))


def test_says_in_a_line_how_to_get_it():
    with pytest.raises(RequestError) as caught:
        load_task("fashion-mnist")
    message = str(caught.value)
    assert "apt-get install dataset-fashion-mnist" in message
    assert "BIOPLAST_DATA" in message
    assert "\n" not in message


@pytest.mark.parametrize("place", ["data/fashion-mnist", "data", "debian"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_is_found_in_each_place(place, ending, tmp_path, monkeypatch):
    write_files(tmp_path / place, ending)
    monkeypatch.setattr(fashion, "DIGEST", load_task(str(tmp_path / place)).digest)
    task = load_task("fashion-mnist")
    assert (task.name, task.shape, len(task.train), len(task.test)) == ("fashion-mnist", (4, 5), 3, 2)
    assert load_task("fashion-mnist") is task


def test_without_the_variable_debians_files_are_used(tmp_path, monkeypatch):
    monkeypatch.delenv("BIOPLAST_DATA")
    write_files(tmp_path / "debian")
    monkeypatch.setattr(fashion, "DIGEST", load_task(str(tmp_path / "debian")).digest)
    assert len(load_task("fashion-mnist").train) == 3


def test_other_images_are_refused(data):
    write_files(data)
    with pytest.raises(RequestError, match=r"files in .*data are not those of fashion-mnist: their checksum"):
        load_task("fashion-mnist")


@pytest.mark.skipif(not fashion.DEBIAN.is_dir(), reason="needs Debian's dataset-fashion-mnist")
def test_the_published_files(monkeypatch):
    monkeypatch.undo()
    task = load_task("fashion-mnist")
    assert (len(task.train), len(task.test), task.n_classes, task.shape) == (60_000, 10_000, 10, (28, 28))
    np.testing.assert_array_equal(np.bincount(task.train.labels), [6000] * 10)
