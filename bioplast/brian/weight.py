"""The variable of somebody's synapses that is plastic: its unit, and the bounds it is kept between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Equations, Quantity, Unit
from brian2.equations.equations import FLOAT, PARAMETER
from brian2.groups.group import get_dtype
from brian2.units.fundamentalunits import get_dimensions, get_unit, have_same_dimensions

from bioplast.errors import RequestError


@dataclass(frozen=True)
class Weight:
    """The plastic variable.

    Attributes
    ----------
    name : in the model
    size : its SI unit
    unit : what rules and energy are counted in, in SI units
    bounds : lowest and highest value in SI units, if there are any
    dtype : how it is stored
    """

    name: str
    size: Unit
    unit: float
    bounds: tuple[float, float] | None
    dtype: type[np.floating[Any]]

    @classmethod
    def of(
        cls, title: str, model: Equations, name: str, unit: Quantity | None, bounds: Any, dtype: Any
    ) -> Weight:
        """The variable ``name`` of ``model``; ``title`` is for error messages.

        Raises
        ------
        RequestError : there is no such variable, it cannot be written, or its unit is not said
        DimensionMismatchError : ``unit`` or a bound has another unit
        """
        if name not in model.names:
            there = ", ".join(sorted(model.names)) or "none"
            raise RequestError(f"{title}: no variable {name!r} in the model, which has {there}")
        variable = model[name]
        if variable.type != PARAMETER or variable.var_type != FLOAT or variable.flags:
            raise RequestError(f"{title}: {name!r} must be a parameter without flags, to be written")
        size = get_unit(variable.dim)
        if unit is None and not have_same_dimensions(size, 1):
            raise RequestError(
                f"{title}: {name!r} is in {size.get_best_unit()}; say in which unit rule and energy are "
                "counted, for instance unit=nS"
            )
        unit = size if unit is None else unit
        _check_unit(f"{title}: unit is not one of {name!r}", unit, size)
        return cls(
            name, size, float(np.asarray(unit)), _read_bounds(title, bounds, size), get_dtype(variable, dtype)
        )


def _read_bounds(title: str, bounds: Any, size: Quantity) -> tuple[float, float] | None:
    if bounds is None:
        return None
    low = -np.inf * size if bounds[0] is None else bounds[0]
    high = np.inf * size if bounds[1] is None else bounds[1]
    for bound in (low, high):
        _check_unit(f"{title}: bounds are in another unit than the weight", bound, size)
    if not low < high:
        raise RequestError(f"{title}: bounds must be (lowest, highest), got ({low}, {high})")
    return float(np.asarray(low)), float(np.asarray(high))


def _check_unit(message: str, given: Any, wanted: Quantity) -> None:
    if not have_same_dimensions(given, wanted):
        raise DimensionMismatchError(message, get_dimensions(given), wanted.dim)
