"""Changes to a network's settings, as a run's options ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bioplast.errors import RequestError
from bioplast.spelling import list_known

_KINDS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}


def check_changes(model: str, settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` to ``settings``, each with the type that the setting has.

    Parameters
    ----------
    model : name of the network, for messages
    settings : what there is, by name
    changes : other values for some of it; a whole number may stand for any number

    Raises
    ------
    RequestError : there is no such setting, it is none of these kinds, or the value is of another type

    >>> check_changes("ann", {"learning_rate": 0.01}, {"learning_rate": 1})
    {'learning_rate': 1.0}
    """
    checked = {}
    for name, value in changes.items():
        if name not in settings:
            raise RequestError(f"options: {model} has no setting {name!r}; {list_known(name, settings)}")
        kind = type(settings[name])
        if kind not in _KINDS:
            raise RequestError(f"options: {name} of {model} cannot be changed, it is {settings[name]!r}")
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise RequestError(f"options: {name} of {model} must be {_KINDS[kind]}, got {value!r}")
        checked[name] = value
    return checked


def format_changes(changes: Mapping[str, Any]) -> str:
    """``changes`` for people, and empty if there are none.

    >>> format_changes({"feedback": "random", "dale": True})
    'feedback=random, dale=true'
    """
    return ", ".join(f"{name}={_format(value)}" for name, value in changes.items())


def _format(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
