"""Names that the Tab key completes."""

from __future__ import annotations

from collections.abc import Iterable

from bioplast.errors import RequestError
from bioplast.project import find_project, list_experiments, list_models
from bioplast.tasks import TASKS


def complete_models(incomplete: str) -> list[tuple[str, str]]:
    """Models whose names begin with ``incomplete``, each with its line of help."""
    try:
        return _choose(list_models(find_project()).items(), incomplete)
    except (RequestError, OSError):  # a key that was pressed gets no answer then
        return []


def complete_experiments(incomplete: str) -> list[tuple[str, str]]:
    """Experiments whose names begin with ``incomplete``, each with its line of help."""
    try:
        return _choose(list_experiments(find_project()).items(), incomplete)
    except (RequestError, OSError):
        return []


def complete_tasks(incomplete: str) -> list[tuple[str, str]]:
    """Tasks whose names begin with ``incomplete``, each with the first line of its docstring."""
    lines = ((name, (load.__doc__ or "").strip().partition("\n")[0]) for name, load in TASKS.items())
    return _choose(lines, incomplete)


def _choose(lines: Iterable[tuple[str, str]], incomplete: str) -> list[tuple[str, str]]:
    return [(name, line) for name, line in lines if name.startswith(incomplete)]
