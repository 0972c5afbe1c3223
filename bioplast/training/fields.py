"""What the values in a run's record must be for it to be read, whoever wrote the file."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

_TEXT = "a text"
_COUNT = "a whole number >= 0"
_COUNTS = "a whole number >= 0, or a list of them"
_NUMBER = "a number"
_TRUTH = "true or false"
_TEXT_OR_NONE = "a text or null"
_NUMBER_OR_NONE = "a number or null"
_ANYTHING = "anything"

_FIELDS = {
    **dict.fromkeys(("key", "model", "rule", "task", "protocol", "message", "encoding", "created"), _TEXT),
    **dict.fromkeys(("seed", "samples"), _COUNT),
    "hidden": _COUNTS,
    **dict.fromkeys(("epochs", "goal"), _NUMBER),
    **dict.fromkeys(("converged", "diverged"), _TRUTH),
    "images_per_second": _NUMBER_OR_NONE,
    "commit": _TEXT_OR_NONE,
}
# Values of any name with a kind in common.
_GROUPS = {
    "accuracy": _NUMBER_OR_NONE,
    "energy": _NUMBER_OR_NONE,
    "signalling": _NUMBER_OR_NONE,
    "seconds": _NUMBER,
    "versions": _TEXT,
}

_HUGE = 2**63
# Types of which every value is of the kind; whole numbers are looked at one by one.
_FITTING: dict[str, frozenset[type]] = {
    _TEXT: frozenset({str}),
    _COUNT: frozenset(),
    _COUNTS: frozenset(),
    _NUMBER: frozenset({float}),
    _TRUTH: frozenset({bool}),
    _TEXT_OR_NONE: frozenset({str, NoneType}),
    _NUMBER_OR_NONE: frozenset({float, NoneType}),
    _ANYTHING: frozenset(),
}


def check_record(record: object) -> None:
    """Raise unless ``record`` can be that of a run; a record from before may lack what is new.

    Raises
    ------
    ValueError : it has no key, or a value is of another kind
    """
    if not isinstance(record, Mapping) or "key" not in record:
        raise ValueError("it is not the record of a run")
    for name, kind in _FIELDS.items():
        if name in record:
            _check_kind(name, record[name], kind)
    for name, kind in _GROUPS.items():
        _check_group(name, record.get(name, {}), kind, inner="layers" if name == "energy" else None)
    for name, layer in record.get("energy", {}).get("layers", {}).items():
        _check_group(f"energy.layers.{name}", layer, _NUMBER_OR_NONE)
    config = record.get("config", {})
    _check_group("config", config, _ANYTHING)
    for name in ("options", "settings"):
        _check_group(f"config.{name}", config.get(name) or {}, _ANYTHING)


def _check_group(name: str, group: object, kind: str, *, inner: str | None = None) -> None:
    """Check the values of ``group``; the one named ``inner`` is a group of groups."""
    if not isinstance(group, Mapping):
        raise ValueError(f"{name} must be values by name")
    for key, value in group.items():
        if key != inner:
            if type(value) not in _FITTING[kind]:
                _check_kind(f"{name}.{key}", value, kind)
        elif not isinstance(value, Mapping):
            raise ValueError(f"{name}.{key} must be values by name")


def _check_kind(name: str, value: Any, kind: str) -> None:
    # Most values are what they should be: their type alone says so.
    if type(value) in _FITTING[kind] or _is_kind(value, kind):
        return
    raise ValueError(f"{name} must be {kind}, is {str(value)[:80]!r}")


def _is_kind(value: Any, kind: str) -> bool:
    if kind == _ANYTHING:
        return True
    if kind == _COUNTS:
        return all(_is_kind(size, _COUNT) for size in (value if isinstance(value, list) else [value]))
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return kind in (_NUMBER, _NUMBER_OR_NONE, _COUNT) and (0 if kind == _COUNT else -_HUGE) <= value < _HUGE
