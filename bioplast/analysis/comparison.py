"""Two runs side by side: what they were asked, what they reached, what that cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bioplast.changes import format_changes
from bioplast.sizes import format_hidden

_MEASURED = ("samples", "images_per_second")
_GROUPS = ("accuracy", "energy", "signalling", "seconds")
# Of a configuration: these follow from the rest, or say no more than it.
_DERIVED = ("settings", "provenance", "options")


def compare_records(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each thing that was asked for differently, then one for each that was measured.

    Parameters
    ----------
    first, second : records of runs

    Returns
    -------
    rows : ``name``, ``first``, ``second``, and for numbers that were measured ``times``, second / first
    """
    asked = [_list_asked(record) for record in (first, second)]
    rows = [
        {"name": name, "first": one, "second": other, "times": None}
        for name, one, other in _pair(*asked)
        if one != other
    ]
    measured = [_list_measured(record) for record in (first, second)]
    rows += [
        {"name": name, "first": one, "second": other, "times": _divide(other, one)}
        for name, one, other in _pair(*measured)
        if one or other  # what neither has, or what is 0 in both, says nothing
    ]
    return rows


def _list_asked(record: Mapping[str, Any]) -> dict[str, Any]:
    config = record.get("config", {})
    names = ("model", "rule", "hidden", "seed", "task", "protocol", "goal", "encoding", "commit")
    asked = {name: record.get(name) for name in names}
    asked |= {name: value for name, value in config.items() if name not in (*asked, *_DERIVED)}
    for name in ("settings", "options"):
        asked |= {f"setting {key}": value for key, value in (config.get(name) or {}).items()}
    return {name: _make_text(value) for name, value in asked.items()}


def _list_measured(record: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: record.get(name) for name in _MEASURED}
    for group in _GROUPS:
        for name, value in record.get(group, {}).items():
            if not isinstance(value, Mapping):
                found[f"{group} {name}"] = value
    for layer, energy in record.get("energy", {}).get("layers", {}).items():
        found |= {f"{name} of {layer}": energy.get(name) for name in ("m0", "m1")}
    return found


def _pair(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*first, *second]):
        yield name, first.get(name), second.get(name)


def _make_text(value: Any) -> str | None:
    """Values of a request as text, so that none is rounded; sizes as the command line has them."""
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(size, int) for size in value):
        return format_hidden(value)
    return format_changes(value) if isinstance(value, Mapping) else str(value)


def _divide(value: Any, by: Any) -> float | None:
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in (value, by)):
        return None
    return value / by if by else None
