"""The recurrent network of spiking cells in NumPy: what a trial means. The oracle of the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bioplast.backends.numeric.recurrent.cells import Constants
from bioplast.kernels.synapse_arrays import FloatArray


@dataclass(frozen=True)
class Activity:
    """What happens in a trial, (n_steps, n) each.

    Attributes
    ----------
    x, z : input spikes and spikes of the cells, 0 or 1
    v, threshold, psi : membrane, threshold and pseudo-derivative of the cells
    y : readout
    """

    x: FloatArray
    z: FloatArray
    v: FloatArray
    threshold: FloatArray
    psi: FloatArray
    y: FloatArray


def show(
    x: FloatArray, w_in: FloatArray, w_rec: FloatArray, w_out: FloatArray, beta: FloatArray, c: Constants
) -> Activity:
    """What the network does with the input spikes ``x`` (n_steps, n_units)."""
    n_cells, n_outputs = w_out.shape
    dtype = w_in.dtype
    current, v, a, wait, z = (np.zeros(n_cells, dtype) for _ in range(5))
    y = np.zeros(n_outputs, dtype)
    rows = []
    for x_t in x:
        current = c.alpha_syn * current + x_t @ w_in + z @ w_rec
        v = c.alpha * v * (1 - c.zeroed * z) + c.gain * current - c.subtracted * z
        a = c.rho * a + z
        threshold = c.v_thresh + beta * a
        wait = np.maximum(wait - 1, 0)
        near = 1 - np.abs(v - threshold) / c.v_thresh
        psi = np.where(wait == 0, c.height * np.maximum(near, 0), 0)
        z = ((v > threshold) & (wait == 0)).astype(dtype)
        wait = np.where(z > 0, c.refractory, wait)
        y = c.kappa * y + z @ w_out
        rows.append((z, v, threshold, psi, y))
    return Activity(x, *(np.array(column) for column in zip(*rows, strict=True)))


def replay(
    activity: Activity,
    errors: FloatArray,
    feedback: FloatArray,
    pull: FloatArray,
    beta: FloatArray,
    c: Constants,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""The gradients of a trial's error by e-prop, found by replaying it backwards.

    With the learning signal :math:`L_j(t) = \sum_k B_{jk} \epsilon_k(t)` and the pull :math:`g_j` of rates::

        Q_j <- (G_j + g_j) psi_j(t+1) + (rho - psi_j(t+1) beta_j) Q_j
        G_j <- kappa G_j + L_j(t)
        R_j <- psi_j(t) (G_j + g_j - beta_j Q_j) + alpha (1 - zeroed z_j(t)) R_j
        S_j <- gain R_j + alpha_syn S_j
        input spike of i at t: dW_ij += S_j(t)          spike of r at t: dV_rj += S_j(t+1)

    Parameters
    ----------
    errors : (n_steps, n_outputs), derivative of the error by the readout
    feedback : (n_cells, n_outputs), B
    pull : (n_cells,), g

    Returns
    -------
    d_in, d_rec, d_out : of the shapes of the weights
    """
    n_cells = feedback.shape[0]
    q, g, r, s, psi_after = (np.zeros(n_cells, activity.psi.dtype) for _ in range(5))
    reach = np.zeros(errors.shape[1], errors.dtype)
    d_in = np.zeros((activity.x.shape[1], n_cells), psi_after.dtype)
    d_rec, d_out = np.zeros((n_cells, n_cells), psi_after.dtype), np.zeros(feedback.shape, psi_after.dtype)
    for t in range(len(errors) - 1, -1, -1):
        q = (g + pull) * psi_after + (c.rho - psi_after * beta) * q
        g = c.kappa * g + feedback @ errors[t]
        later = s
        r = activity.psi[t] * (g + pull - beta * q) + c.alpha * (1 - c.zeroed * activity.z[t]) * r
        s = c.gain * r + c.alpha_syn * s
        reach = c.kappa * reach + errors[t]
        d_in += np.outer(activity.x[t], s)
        d_rec += np.outer(activity.z[t], later)
        d_out += np.outer(activity.z[t], reach)
        psi_after = activity.psi[t]
    return d_in, d_rec, d_out


def judge(y: FloatArray, answer_from: int, label: int, answer: str) -> tuple[FloatArray, FloatArray]:
    """The mean readout from step ``answer_from`` on, and the derivative of the error by each step's readout.

    The error is the cross-entropy of the softmax of the mean readout, or the mean of that of each step's.

    Parameters
    ----------
    y : (n_steps, n_outputs)
    label : the class that is right
    answer : ``"mean"`` or ``"steps"``
    """
    window = y[answer_from:]
    mean = window.mean(axis=0)
    logits = np.broadcast_to(mean, window.shape) if answer == "mean" else window
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    errors = np.zeros_like(y)
    errors[answer_from:] = powers / powers.sum(axis=1, keepdims=True)
    errors[answer_from:, label] -= 1
    return mean, errors / len(window)


def follow(y: FloatArray, series: FloatArray) -> tuple[float, FloatArray]:
    """Squared error of a readout that is to follow ``series``, over its variance; its derivative."""
    errors = y - series
    spread = series - series.mean(axis=0)
    return float((errors**2).sum() / (spread**2).sum()), errors / len(y)
