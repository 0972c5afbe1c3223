"""How errors of the readout reach the cells, in Numba's subset of Python: the same for spikes and rates."""

from __future__ import annotations

from bioplast.backends.numeric.recurrent.trial import Errors, Trial
from bioplast.kernels.synapse_arrays import FloatArray


def send_errors(errors: Errors, t: int) -> None:
    """The learning signal of step ``t``: ``signal[j] = sum_k feedback[j, k] readout[t, k]``."""
    signal, feedback, readout = errors.signal, errors.feedback, errors.readout
    for j in range(signal.size):
        signal[j] = feedback[j, 0] * readout[t, 0]
        for k in range(1, readout.shape[1]):
            signal[j] += feedback[j, k] * readout[t, k]


def send_errors_back(errors: Errors, trial: Trial, t: int) -> None:
    """The learning signal of step ``t`` where that of step ``t + 1`` is known: it is 0 before the answer."""
    if t == trial.n_steps - 1 or (errors.changes and t >= trial.answer_from):
        send_errors(errors, t)
    elif t == trial.answer_from - 1:
        clear(errors.signal)


def clear(units: FloatArray) -> None:
    """Set each unit's number to 0."""
    for j in range(units.size):
        units[j] = 0


def spread_errors(errors: Errors, trial: Trial, signals: FloatArray, wrong: FloatArray) -> None:
    """Errors and learning signals of a whole trial, which are 0 before an answer is asked for.

    Parameters
    ----------
    signals, wrong : (n_steps, n) of cells and of the readout, filled here
    """
    signal = errors.signal
    clear(signal)
    for t in range(trial.n_steps):
        if t >= trial.answer_from and (errors.changes or t == trial.answer_from):
            send_errors(errors, t)
        for j in range(signal.size):
            signals[t, j] = signal[j]
        for k in range(errors.readout.shape[1]):
            wrong[t, k] = errors.readout[t, k] if t >= trial.answer_from else 0
    for j in range(signal.size):
        signal[j] = signals[0, j]
