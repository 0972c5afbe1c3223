"""What a project adds to the tables of rules and tasks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.project import list_files, read_summary
from bioplast.tasks import TASKS, Task


def load_additions(project: Path) -> None:
    """Make the rules in rules/ and the tasks in tasks/ of ``project`` known by their names.

    A file in rules/ defines a rule, which is known once it is imported (``bioplast.plasticity.part``). A file
    tasks/NAME.py defines ``load()``, which gives the ``Task`` called NAME; it is run when that is asked for.

    Raises
    ------
    RequestError : a file of a rule cannot be loaded, or its rule has a name that is taken
    """
    for name in list_files("rules", project):
        load_module("rule", name, project)
    for name, path in list_files("tasks", project).items():
        TASKS[name] = _make_loader(name, path, project)


def _make_loader(name: str, path: Path, project: Path) -> Callable[[], Task]:
    def load() -> Task:
        return _load_task(name, project)

    load.__doc__ = read_summary(path)  # what is listed; the file is not run for it
    return load


def _load_task(name: str, project: Path) -> Task:
    module = load_module("task", name, project)
    if not callable(getattr(module, "load", None)):
        raise RequestError(f"task: {module.__file__} must define load(), which returns a Task")
    task = module.load()
    if not isinstance(task, Task):
        raise RequestError(f"task: {module.__file__}: load() must return a Task, got {type(task).__name__}")
    return task
