"""Grids of runs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from bioplast.errors import RequestError
from bioplast.training.config import RunConfig


def make_seeds(n_seeds: int) -> list[int]:
    """The seeds 1, 2, ... of a study.

    Raises
    ------
    RequestError : fewer than one
    """
    if n_seeds < 1:
        raise RequestError(f"seeds: must be a whole number >= 1, got {n_seeds}")
    return list(range(1, n_seeds + 1))


def make_product(**axes: Any) -> list[RunConfig]:
    """Every combination of the axes' values as a run's configuration, the last axis running fastest.

    Parameters
    ----------
    axes : fields of ``RunConfig``; a list or tuple is an axis, anything else is the same in every run
    """
    values = [_as_axis(value) for value in axes.values()]
    return [RunConfig(**dict(zip(axes, point, strict=True))) for point in itertools.product(*values)]


def _as_axis(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)
