"""Fashion-MNIST: as MNIST, with articles of clothing; the files come from elsewhere.

Zalando's 60,000 training and 10,000 test images of 28 x 28 pixels in 10 classes, made to be harder than
digits (Xiao, Rasul & Vollgraf 2017, doi:10.48550/arXiv.1708.07747; MIT licence). Debian and Ubuntu have them
as the package ``dataset-fashion-mnist``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bioplast.errors import MissingDataError, RequestError
from bioplast.tasks.folder import load_folder
from bioplast.tasks.task import Task

NAME = "fashion-mnist"
VARIABLE = "BIOPLAST_DATA"
DEBIAN = Path("/usr/share/datasets") / NAME  # where the package dataset-fashion-mnist puts its files
DIGEST = "08a9047d6c849972"  # of the images and labels that were published (``Task.digest``)


def load_fashion_mnist() -> Task:
    """60,000 + 10,000 images of clothes in 10 classes; by `apt-get install dataset-fashion-mnist`.

    Looked for are ``$BIOPLAST_DATA/fashion-mnist``, ``$BIOPLAST_DATA`` itself and where Debian's package puts
    its files. Read once a process: its arrays are read-only, so every caller may share them.

    Raises
    ------
    MissingDataError : they are in none of these folders
    RequestError : they are not those that were published
    """
    for folder in _list_folders():
        if any(folder.glob("train-images?idx3-ubyte*")):
            return _load(folder)
    raise MissingDataError(
        f"task: {NAME} is not on this machine; get it by `apt-get install dataset-fashion-mnist`, or put its "
        f"four IDX files into a folder and set {VARIABLE} to it"
    )


def _list_folders() -> Iterator[Path]:
    if named := os.environ.get(VARIABLE):
        yield Path(named) / NAME
        yield Path(named)
    yield DEBIAN


@cache
def _load(folder: Path) -> Task:
    task = load_folder(folder, name=NAME)
    if task.digest != DIGEST:
        raise RequestError(
            f"task: the files in {folder} are not those of {NAME}: their checksum must be {DIGEST}, "
            f"got {task.digest}"
        )
    return task
