"""One trial of a recurrent network of spiking cells, forward and backward, in Numba's subset of Python.

``reference`` says the same in NumPy. Per step of 1 ms, with input spikes x and spikes z::

    I(t) = alpha_syn I(t-1) + W' x(t) + V' z(t-1)
    v(t) = alpha v(t-1) (1 - zeroed z(t-1)) + gain I(t) - subtracted z(t-1)
    a(t) = rho a(t-1) + z(t-1)                  A(t) = v_thresh + beta a(t)
    z(t) = [v(t) > A(t)], unless refractory     psi(t) = height max(0, 1 - |v(t) - A(t)| / v_thresh)
    y(t) = kappa y(t-1) + O' z(t)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.recurrent.cells import Constants
from bioplast.backends.numeric.recurrent.errors import clear, send_errors_back
from bioplast.backends.numeric.recurrent.trial import Errors, Trial, Weights
from bioplast.kernels.synapse_arrays import FloatArray, IntArray


class Trace(NamedTuple):
    """What a trial leaves behind, for the way back; and room for both ways.

    Attributes
    ----------
    beta : (n_cells,)
    z : (n_steps, n_cells) uint8, spikes
    psi : (n_steps, n_cells), pseudo-derivative
    y : (n_steps, n_outputs), readout
    spikes : the cells that fired, step after step
    starts : (n_steps + 1,), where in ``spikes`` each step begins
    n_spikes : (n_cells,), spikes of each cell in the trial
    current, v, a, wait, fired : (n_cells,), state of the cells
    reach : (n_outputs,), readout, and on the way back what a spike is worth to it
    q, g, r1, r2, later : (n_cells,), accumulators of the way back
    """

    beta: FloatArray
    z: NDArray[np.uint8]
    psi: FloatArray
    y: FloatArray
    spikes: NDArray[np.int32]
    starts: IntArray
    n_spikes: IntArray
    current: FloatArray
    v: FloatArray
    a: FloatArray
    wait: FloatArray
    fired: FloatArray
    reach: FloatArray
    q: FloatArray
    g: FloatArray
    r1: FloatArray
    r2: FloatArray
    later: FloatArray


def make_trace(beta: FloatArray, n_steps: int, n_outputs: int, refractory: int) -> Trace:
    """Room for trials of at most ``n_steps``."""
    n_cells, dtype = beta.size, beta.dtype
    names = ("current", "v", "a", "wait", "fired", "q", "g", "r1", "r2", "later")
    return Trace(
        beta=beta,
        z=np.zeros((n_steps, n_cells), np.uint8),
        psi=np.zeros((n_steps, n_cells), dtype),
        y=np.zeros((n_steps, n_outputs), dtype),
        spikes=np.zeros(n_cells * (n_steps // refractory + 2), np.int32),
        starts=np.zeros(n_steps + 1, np.int64),
        n_spikes=np.zeros(n_cells, np.int64),
        reach=np.zeros(n_outputs, dtype),
        **{name: np.zeros(n_cells, dtype) for name in names},
    )


def run_forward(trace: Trace, c: Constants, weights: Weights, trial: Trial) -> None:
    """Show a trial."""
    n_cells, n_outputs = trace.v.size, trace.reach.size
    for cells in (trace.current, trace.v, trace.a, trace.wait, trace.fired, trace.reach):
        clear(cells)
    trace.n_spikes[:] = 0
    event = n = 0
    trace.starts[0] = 0
    for t in range(trial.n_steps):
        for j in range(n_cells):
            trace.current[j] *= c.alpha_syn
        while event < trial.steps.size and trial.steps[event] == t:
            for j in range(n_cells):
                trace.current[j] += weights.into[trial.units[event], j]
            event += 1
        if t > 0:
            for s in range(trace.starts[t - 1], n):
                for j in range(n_cells):
                    trace.current[j] += weights.among[trace.spikes[s], j]
        step_cells(trace, c, t)
        for k in range(n_outputs):
            trace.reach[k] *= c.kappa
        for j in range(n_cells):
            if trace.z[t, j]:
                trace.spikes[n] = j
                trace.n_spikes[j] += 1
                n += 1
                for k in range(n_outputs):
                    trace.reach[k] += weights.out[j, k]
        for k in range(n_outputs):
            trace.y[t, k] = trace.reach[k]
        trace.starts[t + 1] = n


def step_cells(trace: Trace, c: Constants, t: int) -> None:
    """Move all cells on by a step; without branches, so that many are moved at once."""
    for j in range(trace.v.size):
        fired = trace.fired[j]
        v = (
            c.alpha * trace.v[j] * (c.one - c.zeroed * fired)
            + c.gain * trace.current[j]
            - c.subtracted * fired
        )
        a = c.rho * trace.a[j] + fired
        threshold = c.v_thresh + trace.beta[j] * a
        wait = max(trace.wait[j] - c.one, c.zero)
        is_free = wait <= c.zero
        near = c.one - abs(v - threshold) / c.v_thresh
        fires = is_free and v > threshold
        trace.psi[t, j] = c.height * near if is_free and near > c.zero else c.zero
        trace.z[t, j] = fires
        trace.fired[j] = c.one if fires else c.zero
        trace.wait[j] = c.refractory if fires else wait
        trace.v[j] = v
        trace.a[j] = a


def run_backward(
    trace: Trace, c: Constants, weights: Weights, trial: Trial, errors: Errors, gradients: Weights
) -> None:
    """Add the gradient of a trial's error to ``gradients`` by replaying it backwards: e-prop, exactly.

    E-prop needs nothing of ``weights``.
    """
    n_cells, n_outputs = trace.v.size, trace.reach.size
    for cells in (trace.q, trace.g, trace.r1, trace.r2, errors.signal, trace.reach):
        clear(cells)
    clear(trace.fired)  # psi of the step after
    event = trial.steps.size
    for t in range(trial.n_steps - 1, -1, -1):
        send_errors_back(errors, trial, t)
        replay_cells(trace, c, errors, t)
        for k in range(n_outputs):
            error = errors.readout[t, k] if t >= trial.answer_from else c.zero
            trace.reach[k] = c.kappa * trace.reach[k] + error
        for s in range(trace.starts[t], trace.starts[t + 1]):
            i = trace.spikes[s]
            for j in range(n_cells):
                gradients.among[i, j] += trace.later[j]
            for k in range(n_outputs):
                gradients.out[i, k] += trace.reach[k]
        while event > 0 and trial.steps[event - 1] == t:
            event -= 1
            for j in range(n_cells):
                gradients.into[trial.units[event], j] += trace.r2[j]


def replay_cells(trace: Trace, c: Constants, errors: Errors, t: int) -> None:
    """Move the accumulators of all cells back by a step."""
    for j in range(trace.v.size):
        after, beta, psi = trace.fired[j], trace.beta[j], trace.psi[t, j]
        q = (trace.g[j] + errors.pull[j]) * after + (c.rho - after * beta) * trace.q[j]
        g = c.kappa * trace.g[j] + errors.signal[j]
        held = c.alpha if trace.z[t, j] == 0 else c.alpha * (c.one - c.zeroed)
        r1 = psi * (g + errors.pull[j] - beta * q) + held * trace.r1[j]
        trace.later[j] = trace.r2[j]
        trace.r2[j] = c.gain * r1 + c.alpha_syn * trace.r2[j]
        trace.r1[j] = r1
        trace.q[j] = q
        trace.g[j] = g if abs(g) > c.tiny else c.zero
        trace.fired[j] = psi
