"""The variable of somebody's synapses that is plastic: its unit, and the bounds it is kept between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Equations, Quantity, Unit
from brian2.equations.equations import DIFFERENTIAL_EQUATION, FLOAT, PARAMETER
from brian2.groups.group import get_dtype
from brian2.units.fundamentalunits import get_dimensions, get_unit, have_same_dimensions

from bioplast.errors import RequestError

Bound = float | str


@dataclass(frozen=True)
class Weight:
    """The plastic variable.

    Attributes
    ----------
    name : in the model
    size : its SI unit
    unit : what rules and energy are counted in, in SI units
    bounds : lowest and highest value, if there are any: in SI units, or the name of a variable of the model
    dtype : how it is stored
    drifts : whether it follows a differential equation
    """

    name: str
    size: Unit
    unit: float
    bounds: tuple[Bound, Bound] | None
    dtype: type[np.floating[Any]]
    drifts: bool = False

    @classmethod
    def of(
        cls, title: str, model: Equations, name: str, unit: Quantity | None, bounds: Any, dtype: Any
    ) -> Weight:
        """The variable ``name`` of ``model``; ``title`` is for error messages.

        Raises
        ------
        RequestError : there is no such variable, it cannot be written, its unit is not said, or bounds are
            none
        DimensionMismatchError : ``unit`` or a bound has another unit
        """
        if name not in model.names:
            there = ", ".join(sorted(model.names)) or "none"
            raise RequestError(f"{title}: no variable {name!r} in the model, which has {there}")
        variable = model[name]
        drifts = variable.type == DIFFERENTIAL_EQUATION and "event-driven" not in variable.flags
        is_free = variable.type == PARAMETER and variable.var_type == FLOAT and not variable.flags
        if not drifts and not is_free:
            raise RequestError(
                f"{title}: {name!r} must be a parameter without flags, to be written, or follow a "
                "clock-driven differential equation"
            )
        size = get_unit(variable.dim)
        if unit is None and not have_same_dimensions(size, 1):
            raise RequestError(
                f"{title}: {name!r} is in {size.get_best_unit()}; say in which unit rule and energy are "
                "counted, for instance unit=nS"
            )
        unit = size if unit is None else unit
        _check_unit(f"{title}: unit is not one of {name!r}", unit, size)
        limits = _read_bounds(title, model, bounds, size)
        return cls(name, size, float(np.asarray(unit)), limits, get_dtype(variable, dtype), drifts)


def _read_bounds(title: str, model: Equations, bounds: Any, size: Quantity) -> tuple[Bound, Bound] | None:
    if bounds is None:
        return None
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise RequestError(f"{title}: bounds must be (lowest, highest), got {bounds!r}")
    low = _read_bound(title, model, -np.inf if bounds[0] is None else bounds[0], size)
    high = _read_bound(title, model, np.inf if bounds[1] is None else bounds[1], size)
    if not isinstance(low, str) and not isinstance(high, str) and not low < high:
        raise RequestError(f"{title}: bounds must be (lowest, highest), got ({bounds[0]}, {bounds[1]})")
    return low, high


def _read_bound(title: str, model: Equations, bound: Any, size: Quantity) -> Bound:
    """A bound as it stands in code: a number, or the variable with one for each synapse."""
    message = f"{title}: bounds are in another unit than the weight"
    if isinstance(bound, str):
        if bound not in model.names or model[bound].type != PARAMETER:
            parameters = sorted(name for name in model.names if model[name].type == PARAMETER)
            raise RequestError(
                f"{title}: bounds must be quantities or parameters of the model ({', '.join(parameters)}), "
                f"got {bound!r}"
            )
        if model[bound].dim is not size.dim:
            raise DimensionMismatchError(message, model[bound].dim, size.dim)
        return bound
    if np.ndim(bound):
        raise RequestError(
            f"{title}: bounds must be single quantities, got an array of {np.size(bound)}; for one for each "
            "synapse name a parameter of the model, for instance bounds=(0, 'w_max')"
        )
    if not (np.isinf(bound) and not isinstance(bound, Quantity)):
        _check_unit(message, bound, size)
    return float(np.asarray(bound))


def _check_unit(message: str, given: Any, wanted: Quantity) -> None:
    if not have_same_dimensions(given, wanted):
        raise DimensionMismatchError(message, get_dimensions(given), wanted.dim)


def by_name(model: Equations, dtype: Any) -> dict[str, Any]:
    """Data types as Brian2 takes them, by variable."""
    if dtype is None or isinstance(dtype, Mapping):
        return dict(dtype or {})
    return {equation.varname: dtype for equation in model.values() if equation.var_type == FLOAT}
