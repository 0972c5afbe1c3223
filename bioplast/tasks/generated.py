"""Tasks that are generated from a seed: ``cues``, ``cues(n_cues=5, seed=2)``."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from bioplast.errors import RequestError
from bioplast.tasks.task import Task
from bioplast.terms import read_arguments

GENERATED: dict[str, type[Generated]] = {}  # every generated task by its name
_TEXT = re.compile(r"\s*(?P<name>[\w-]+)\s*(?:\((?P<arguments>[^()]*)\))?\s*")


@dataclass(frozen=True)
class Generated(ABC):
    """A task that is made from numbers alone; its fields have the published ones as defaults.

    A class with a ``name`` can be asked for by that, with other values for its fields in brackets.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if isinstance(name := vars(cls).get("name"), str):
            GENERATED[name] = cls

    @abstractmethod
    def make(self) -> Task:
        """The task."""

    def __str__(self) -> str:
        """The shortest text that reads back as this."""
        changed = [
            f"{field.name}={getattr(self, field.name)}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"{self.name}({', '.join(changed)})" if changed else self.name


def parse_generated(text: str) -> Generated | None:
    """What ``text`` names; None if it names no generated task.

    Raises
    ------
    RequestError : it does, but has no such field, or a value is not allowed
    """
    match = _TEXT.fullmatch(text)
    if match is None or match["name"] not in GENERATED:
        return None
    kind = GENERATED[match["name"]]
    return kind(**read_arguments("task", kind.name, kind, match["arguments"]))


def check_numbers(task: Generated, **least: float) -> None:
    """Raise ``RequestError`` unless each field is a number of at least its ``least``.

    A field whose default is whole takes whole numbers only.
    """
    defaults: dict[str, Any] = {field.name: field.default for field in fields(task)}
    for name, low in least.items():
        value, is_whole = getattr(task, name), isinstance(defaults[name], int)
        kinds = (int,) if is_whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value < 2**63:
            what = "a whole number" if is_whole else "a number"
            raise RequestError(f"{type(task).__name__}.{name}: must be {what} >= {low:g}, got {value!r}")
