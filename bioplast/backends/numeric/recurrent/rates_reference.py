"""The leaky rate network in NumPy: what a trial means. The oracle of the kernel in ``rates``."""

from __future__ import annotations

import numpy as np

from bioplast.backends.numeric.recurrent.rates import RateConstants
from bioplast.kernels.synapse_arrays import FloatArray


def show_rates(
    x: FloatArray, w_in: FloatArray, w_rec: FloatArray, w_out: FloatArray, leak: FloatArray, c: RateConstants
) -> tuple[FloatArray, FloatArray]:
    """Rates (n_steps, n_cells) and readout (n_steps, n_outputs) for the counts ``x`` (n_steps, n_units)."""
    h, r = np.zeros(len(leak)), np.zeros(len(leak))
    y = np.zeros(w_out.shape[1])
    rates, readout = [], []
    for x_t in x:
        h = leak * h + (1 - leak) * (r @ w_rec) + x_t @ w_in
        r = np.tanh(h)
        y = c.kappa * y + c.reach * (r @ w_out)
        rates.append(r)
        readout.append(y)
    return np.array(rates), np.array(readout)


def replay_rates(
    x: FloatArray,
    r: FloatArray,
    errors: FloatArray,
    feedback: FloatArray,
    w_rec: FloatArray,
    leak: FloatArray,
    c: RateConstants,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The gradients of a trial's error, or what of them e-prop knows; see ``rates`` for the equations.

    Parameters
    ----------
    x, r : (n_steps, n), counts of the input and rates
    errors : (n_steps, n_outputs), derivative of the error by the readout
    feedback : (n_cells, n_outputs), B
    """
    n_cells = len(leak)
    g, back, later, reach = np.zeros(n_cells), np.zeros(n_cells), np.zeros(n_cells), np.zeros(errors.shape[1])
    d_in, d_rec, d_out = (
        np.zeros((x.shape[1], n_cells)),
        np.zeros((n_cells, n_cells)),
        np.zeros(feedback.shape),
    )
    for t in range(len(x) - 1, -1, -1):
        g = c.kappa * g + c.reach * (feedback @ errors[t])
        reach = c.kappa * reach + errors[t]
        worth = g + w_rec @ later if c.through_time else g
        d_rec += np.outer(r[t], later)
        d_out += c.reach * np.outer(r[t], reach)
        back = (1 - r[t] ** 2) * worth + leak * back
        later = (1 - leak) * back
        d_in += np.outer(x[t], back)
    return d_in, d_rec, d_out
