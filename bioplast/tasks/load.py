"""From a task's name, as the command line has it, to its images."""

from collections.abc import Callable
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.tasks.fashion import NAME as FASHION
from bioplast.tasks.fashion import load_fashion_mnist
from bioplast.tasks.folder import load_folder
from bioplast.tasks.mnist import load_mnist
from bioplast.tasks.task import Task

TASKS: dict[str, Callable[[], Task]] = {"mnist": load_mnist, FASHION: load_fashion_mnist}


def load_task(name: str) -> Task:
    """The task called ``name``, or the one in the folder ``name``.

    Parameters
    ----------
    name : a name in ``TASKS``, or a folder of IDX files (see ``bioplast.tasks.folder``)

    Raises
    ------
    RequestError : neither, or the folder's files are not what they should be
    """
    if name in TASKS:
        return TASKS[name]()
    if not _is_folder(name):
        raise RequestError(f"task: must be {', '.join(TASKS)} or a folder of IDX files, got {name!r}")
    return load_folder(Path(name), name=name)


def _is_folder(name: str) -> bool:
    try:
        return name != "" and Path(name).is_dir()
    except (OSError, ValueError):  # a folder that may not be entered; a name no file can have
        return False
