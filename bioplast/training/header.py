"""What the header of a checkpoint must be for a run to go on from it, whoever wrote the file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from bioplast.energy import Signalling
from bioplast.training.loop import Position


def check_header(header: object, layers: Sequence[str]) -> None:
    """Raise unless ``header`` has each part of the kind that is written.

    Parameters
    ----------
    header : JSON values
    layers : names of the layers that it must speak of

    Raises
    ------
    ValueError : it is no header
    """
    try:
        if not isinstance(header, dict):
            raise TypeError
        is_whole = (
            all(isinstance(header[name], dict) for name in ("origin", "state", "position"))
            and all(isinstance(header["packed"][name], bool) for name in layers)
            and all(_is_number(header["maintenance"][name]) for name in layers)
            and isinstance(header["beginning"], str)
            and _is_count(header["state"]["trial"])
        )
    except (KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise ValueError("its header is not what is written into one")


def make_position(values: Mapping[str, Any], layers: Sequence[str]) -> Position:
    """The position that stands in a header.

    Parameters
    ----------
    values : JSON values
    layers : names of the layers that each row of the trace speaks of

    Raises
    ------
    ValueError : it is none
    """
    numbers = {"samples", "m0", "m1"}
    numbers |= {f"{quantity} {layer}" for quantity in ("m0", "m1") for layer in layers}
    accuracies = {"online", "validation"}
    try:
        position = Position(**{**values, "signalling": Signalling(**values["signalling"])})
        is_whole = (
            _is_count(position.samples)
            and all(map(_is_number_or_none, (position.online, position.validation)))
            and all(isinstance(value, bool) for value in (position.converged, position.diverged))
            and all(map(_is_count, asdict(position.signalling).values()))
            and all(map(_is_duration, (position.train_seconds, position.evaluate_seconds)))
            and (position.samples > 0 or not position.trace)
            and all(row.keys() == numbers | accuracies for row in position.trace)
            and all(_is_number(row[name]) for row in position.trace for name in numbers)
            and all(_is_number_or_none(row[name]) for row in position.trace for name in accuracies)
        )
    except (KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise ValueError("its header says no position")
    return position


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_duration(value: object) -> bool:
    return _is_number(value) and 0 <= cast(float, value) < math.inf


def _is_number_or_none(value: object) -> bool:
    return value is None or _is_number(value)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 2**63
