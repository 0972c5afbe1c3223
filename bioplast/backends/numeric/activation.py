"""What hidden units make of their drive: on arrays, and number by number.

The functions of one number are written in Numba's subset of Python, and ``compiled`` puts them into kernels;
``reference`` uses those of arrays. Both take exponentials in float64 by the C library and round once, so that
they give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioplast.kernels.synapse_arrays import FloatArray


@dataclass(frozen=True)
class Activation:
    """What hidden units do.

    Attributes
    ----------
    parts : functions that stand under these names in kernels: ``activate(drive, slope)`` gives the activity,
        ``bend(error, activity, slope)`` the error in front of a unit from that behind it
    activate, bend : the same on arrays (n_units,)
    """

    parts: Mapping[str, Callable[..., Any]]
    activate: Callable[[FloatArray, Any], FloatArray]
    bend: Callable[[FloatArray, FloatArray, Any], FloatArray]


def rectify(drive: Any, slope: Any) -> Any:
    """The drive where it is positive, else ``slope`` times it."""
    return drive if drive > 0 else slope * drive


def bend_rectified(error: Any, activity: Any, slope: Any) -> Any:
    """The error where the unit is on, else ``slope`` times it."""
    return error if activity > 0 else slope * error


def squash(drive: Any, slope: Any = 0) -> Any:
    r"""The logistic function, :math:`1 / (1 + e^{-h})`, in a form that cannot overflow.

    >>> squash(0.0), squash(-1e6), squash(1e6)
    (0.5, 0.0, 1.0)
    """
    power = math.exp(-abs(np.float64(drive)))
    return (1.0 if drive >= 0 else power) / (1.0 + power)


def bend_squashed(error: Any, activity: Any, slope: Any = 0) -> Any:
    """The error times the derivative of the logistic function, r (1 - r), at the activity r."""
    return np.float64(error) * (np.float64(activity) * (1.0 - np.float64(activity)))


def squash_all(drives: FloatArray, slope: Any = 0) -> FloatArray:
    """``squash`` of each of ``drives`` (n_units,)."""
    return np.array([squash(drive) for drive in drives], drives.dtype)


# Logistic units have no ``slope`` and no ``error_slope``: theirs is r (1 - r).
ACTIVATIONS: Mapping[str, Activation] = {
    "relu": Activation(
        {"activate": rectify, "bend": bend_rectified},
        lambda h, slope: np.where(h > 0, h, slope * h),
        lambda error, r, slope: np.where(r > 0, error, slope * error),
    ),
    "logistic": Activation(
        {"activate": squash, "bend": bend_squashed},
        squash_all,
        lambda error, r, slope: np.asarray(bend_squashed(error, r), error.dtype),
    ),
}
