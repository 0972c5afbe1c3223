"""Texts like ``cues(n_cues=5, seed=2)``: a name, and values for the fields of what it names.

Such a text is read and never evaluated.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from bioplast.errors import RequestError

_ARGUMENT = re.compile(r"\s*(?:(?P<key>[A-Za-z_]\w*)\s*=)?\s*(?P<value>[^\s=]+)\s*")
_WORD = re.compile(r"""(?P<quote>["']?)(?P<word>[A-Za-z_]\w*)(?P=quote)""")


def read_arguments(kind: str, name: str, cls: type[Any], arguments: str | None) -> dict[str, Any]:
    """Values for the fields of ``cls``, a dataclass.

    Parameters
    ----------
    kind, name : what is read, for messages: ``"rule"``, ``"largest"``
    arguments : what stands between the brackets, ``"0.1, output=0.2"``; None without any

    Raises
    ------
    RequestError : there is no such field, one is given twice or is missing, or it is neither number nor word
    """
    fields = [field.name for field in dataclasses.fields(cls)]
    values: dict[str, object] = {}
    for index, argument in enumerate(arguments.split(",") if arguments and arguments.strip() else []):
        match = _ARGUMENT.fullmatch(argument)
        if match is None:
            raise RequestError(f"{kind}: cannot read the argument {argument.strip()!r} of {name}")
        key = match["key"] or (fields[index] if index < len(fields) else None)
        if key not in fields:
            allowed = ", ".join(fields) or "no arguments"
            raise RequestError(f"{kind}: {name} takes {allowed}, got {argument.strip()!r}")
        if key in values:
            raise RequestError(f"{kind}: {name} got {key} twice")
        values[key] = _parse_value(kind, match["value"])
    missing = [
        field.name
        for field in dataclasses.fields(cls)
        if field.default is dataclasses.MISSING and field.name not in values
    ]
    if missing:
        raise RequestError(
            f"{kind}: {name} needs {', '.join(missing)}, for instance {name}({missing[0]}=...)"
        )
    return values


def _parse_value(kind: str, text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    word = _WORD.fullmatch(text)
    if word is None:
        raise RequestError(f"{kind}: cannot read the value {text!r}; numbers and words are allowed")
    return word["word"]
