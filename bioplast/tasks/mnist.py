"""MNIST, which comes inside the package (licence and source in ``data/mnist/SOURCE.md``)."""

from functools import cache
from pathlib import Path

from bioplast.tasks.folder import load_folder
from bioplast.tasks.task import Task

FOLDER = Path(__file__).parent / "data" / "mnist"


@cache
def load_mnist() -> Task:
    """60,000 + 10,000 handwritten digits of 28 x 28 pixels, in 10 classes.

    Read once a process: its arrays are read-only, so every caller may share them.
    """
    return load_folder(FOLDER, name="mnist")
