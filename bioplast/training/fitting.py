"""Whether a network takes what a task shows: images, or trials in time."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.project import MODELS, list_files
from bioplast.sizes import Hidden, list_sizes
from bioplast.tasks import TASKS, Task
from bioplast.tasks.generated import GENERATED
from bioplast.tasks.sequences import TimedTask
from bioplast.training.memory import find_free_memory, format_bytes

FLAG = "IN_TIME"  # what a file in models/ defines as true whose network takes trials in time
_BYTES = 16  # at least, a cell and step: its state, and what its past is worth for learning


def check_fit(name: str, module: ModuleType, task: Task, n_hidden: Hidden, project: Path) -> None:
    """Raise unless the network called ``name`` can be shown ``task``.

    Parameters
    ----------
    module : the network's file
    n_hidden : numbers of hidden units
    project : folder with models/

    Raises
    ------
    RequestError : it takes images and the task is in time, or the reverse; or the longest trial does not fit
        into memory
    """
    takes_time, is_timed = bool(getattr(module, FLAG, False)), isinstance(task, TimedTask)
    if is_timed and not takes_time:
        fitting = [one for one, path in sorted(list_files(MODELS, project).items()) if _has_flag(path)]
        raise RequestError(
            f"task: {name} is shown images and {task.name} unfolds in time, for {' and '.join(fitting)}"
        )
    if takes_time and not is_timed:
        timed = ", ".join(one for one in TASKS if one in GENERATED)
        raise RequestError(f"task: {name} is shown trials in time, of {timed}, got {task.name!r}")
    if is_timed:
        n_steps, n_cells, free = task.shape[0], sum(list_sizes(n_hidden)), find_free_memory()
        needed = n_steps * n_cells * _BYTES
        if needed > free:
            raise RequestError(
                f"task: to learn from a trial of {n_steps:,} steps, {n_cells:,} cells need "
                f"{format_bytes(needed)} of memory; {free // (n_cells * _BYTES):,} steps fit"
            )


def _has_flag(path: Path) -> bool:
    """Whether the file at ``path`` says that its network takes trials in time; it is not run for that."""
    try:
        tree = ast.parse(read_file(path))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == FLAG for target in node.targets)
        and isinstance(node.value, ast.Constant)
        and node.value.value is True
        for node in tree.body
    )
