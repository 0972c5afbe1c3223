"""From a task's name, as the command line has it, to what is learned."""

from collections.abc import Callable
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.spelling import suggest
from bioplast.tasks.cues import Cues
from bioplast.tasks.fashion import NAME as FASHION
from bioplast.tasks.fashion import load_fashion_mnist
from bioplast.tasks.folder import load_folder
from bioplast.tasks.generated import Generated, parse_generated
from bioplast.tasks.mnist import load_mnist
from bioplast.tasks.patterns_in_time import PatternsInTime
from bioplast.tasks.randman import Randman
from bioplast.tasks.task import Task


def _make_loader(kind: type[Generated]) -> Callable[[], Task]:
    def load() -> Task:
        return kind().make()

    load.__doc__ = kind.summary  # what is listed
    return load


TASKS: dict[str, Callable[[], Task]] = {
    "mnist": load_mnist,
    FASHION: load_fashion_mnist,
    **{kind.name: _make_loader(kind) for kind in (Cues, Randman, PatternsInTime)},
}


def load_task(name: str) -> Task:
    """The task called ``name``, or the one in the folder ``name``.

    Parameters
    ----------
    name : a name in ``TASKS``, a generated task with values of its own, ``cues(n_cues=5)``, or a folder of
        IDX files (see ``bioplast.tasks.folder``)

    Raises
    ------
    RequestError : none of these, or the folder's files are not what they should be
    """
    if name in TASKS:
        return TASKS[name]()
    if (generated := parse_generated(name)) is not None:
        return generated.make()
    if not _is_folder(name):
        raise RequestError(
            f"task: must be {', '.join(TASKS)} or a folder of IDX files, got {name!r}"
            f"{suggest(Path(name).name, TASKS)}"
        )
    return load_folder(Path(name), name=name)


def is_named(name: str) -> bool:
    """Whether ``name`` is that of a task, with or without values of its own, and not that of a folder.

    Raises
    ------
    RequestError : it is, but its values are not allowed
    """
    return name in TASKS or parse_generated(name) is not None


def _is_folder(name: str) -> bool:
    try:
        return name != "" and Path(name).is_dir()
    except (OSError, ValueError):  # a folder that may not be entered; a name no file can have
        return False
