"""How errors of the readout reach the cells, in Numba's subset of Python: the same for spikes and rates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


def send_errors(feedback: FloatArray, errors: FloatArray, t: int, signal: FloatArray) -> None:
    """The learning signal of step ``t``: ``signal[j] = sum_k feedback[j, k] errors[t, k]``."""
    for j in range(signal.size):
        signal[j] = feedback[j, 0] * errors[t, 0]
        for k in range(1, errors.shape[1]):
            signal[j] += feedback[j, k] * errors[t, k]


def clear(units: FloatArray) -> None:
    """Set each unit's number to 0."""
    for j in range(units.size):
        units[j] = 0
