"""Validation shared by the rules: each check names the field, the value and what is allowed."""

import numbers
from typing import TypeGuard

from bioplast.errors import RequestError


def check_fraction(owner: object, field: str, value: object) -> None:
    """Raise unless ``value`` is a number in (0, 1]."""
    if not _is_number(value) or not 0 < value <= 1:
        raise RequestError(f"{_name(owner)}.{field}: must be in (0, 1], got {value!r}")


def check_probability(owner: object, field: str, value: object) -> None:
    """Raise unless ``value`` is a number in [0, 1]."""
    if not _is_number(value) or not 0 <= value <= 1:
        raise RequestError(f"{_name(owner)}.{field}: must be in [0, 1], got {value!r}")


def check_between(owner: object, field: str, value: object, low: float, high: float) -> None:
    """Raise unless ``value`` is a number in [low, high)."""
    if not _is_number(value) or not low <= value < high:
        raise RequestError(f"{_name(owner)}.{field}: must be in [{low:g}, {high:g}), got {value!r}")


def check_not_negative(owner: object, *fields: str) -> None:
    """Raise unless each of the owner's ``fields`` is a finite number of at least 0."""
    for field in fields:
        value = getattr(owner, field)
        if not _is_number(value) or not 0 <= value < float("inf"):
            raise RequestError(f"{_name(owner)}.{field}: must be a number >= 0, got {value!r}")


def check_positive(owner: object, field: str, value: object) -> None:
    """Raise unless ``value`` is a finite number above 0."""
    if not _is_number(value) or not 0 < value < float("inf"):
        raise RequestError(f"{_name(owner)}.{field}: must be a number above 0, got {value!r}")


def check_count(owner: object, field: str, value: object) -> None:
    """Raise unless ``value`` is a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise RequestError(f"{_name(owner)}.{field}: must be a whole number >= 1, got {value!r}")


def check_choice(owner: object, field: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise unless ``value`` is one of ``allowed``."""
    if value not in allowed:
        raise RequestError(f"{_name(owner)}.{field}: must be one of {', '.join(allowed)}, got {value!r}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _name(owner: object) -> str:
    return type(owner).__name__
