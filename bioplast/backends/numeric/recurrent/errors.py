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


def spread_errors(
    feedback: FloatArray,
    errors: FloatArray,
    answer_from: int,
    n_steps: int,
    changes: bool,
    signal: FloatArray,
    signals: FloatArray,
    wrong: FloatArray,
) -> None:
    """Errors and learning signals of a whole trial, which are 0 before an answer is asked for.

    Parameters
    ----------
    signal : (n_cells,), that of the trial's first step in the end
    signals, wrong : (n_steps, n) of cells and of the readout, filled here
    """
    clear(signal)
    for t in range(n_steps):
        if t >= answer_from and (changes or t == answer_from):
            send_errors(feedback, errors, t, signal)
        for j in range(signal.size):
            signals[t, j] = signal[j]
        for k in range(errors.shape[1]):
            wrong[t, k] = errors[t, k] if t >= answer_from else 0
    for j in range(signal.size):
        signal[j] = signals[0, j]
