"""One trial of a leaky rate network, forward and backward, in Numba's subset of Python.

Per step, with input counts x and rates r::

    h_j(t) = a_j h_j(t-1) + sum_i W_ij x_i(t) + (1 - a_j) sum_i V_ij r_i(t-1)        r = tanh(h)
    y_k(t) = kappa y_k(t-1) + (1 - kappa) sum_j O_jk r_j(t)

Input spikes are impulses, and rates are held for a step. The way back, with the error's derivative by the
readout e(t) and feedback B::

    G_j <- kappa G_j + (1 - kappa) sum_k B_jk e_k(t)
    R_j <- (1 - r_j(t)^2) (G_j + S_j) + a_j R_j          S_j = sum_k V_jk (1 - a_k) R_k(t+1), in e-prop 0
    dW_ij += x_i(t) R_j(t)        dV_ij += r_i(t) (1 - a_j) R_j(t+1)

With S this is backpropagation through time. Without, it is e-prop, exactly: errors reach a cell through the
readout alone, and its own past through its leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.recurrent.cells import check_learning, find_tiny
from bioplast.backends.numeric.recurrent.errors import clear, send_errors_back
from bioplast.backends.numeric.recurrent.trial import Errors, Trial, Weights
from bioplast.errors import RequestError
from bioplast.kernels.synapse_arrays import FloatArray
from bioplast.plasticity.checks import check_choice, check_count, check_positive, check_probability

CREDITS = ("bptt", "e-prop")


@dataclass(frozen=True)
class Rates:
    """Cells, readout and learning; times in ms.

    Attributes
    ----------
    step : length of a step in ms; spikes within it are counted
    tau_m, tau_slow, tau_out : time constants of cells, of slow cells, and of the readout
    slow : share of the cells that are slow; the last ones
    credit : ``"bptt"``, backpropagation through time, or ``"e-prop"``
    feedback : the readout's own weights (``"symmetric"``) or ``"random"`` ones bring errors to the cells
    feedback_sd : standard deviation of random feedback
    answer : an error of the ``"mean"`` readout, or of the readout at each of the ``"steps"``
    learning_rate : eta of all layers
    weight_input, weight_recurrent, weight_output : standard deviation of first weights, times the root of the
        number of presynaptic units

    Raises
    ------
    RequestError : a value that is not allowed, or random feedback in backpropagation through time
    """

    step: int = 10
    tau_m: float = 20.0
    tau_slow: float = 2000.0
    tau_out: float = 20.0
    slow: float = 0.5
    credit: str = "bptt"
    feedback: str = "symmetric"
    feedback_sd: float = 1.0
    answer: str = "mean"
    learning_rate: float = 0.01
    weight_input: float = 0.3
    weight_recurrent: float = 1.0
    weight_output: float = 1.0

    def __post_init__(self) -> None:
        check_count(self, "step", self.step)
        for name in ("tau_m", "tau_slow", "tau_out"):
            check_positive(self, name, getattr(self, name))
        check_probability(self, "slow", self.slow)
        check_choice(self, "credit", self.credit, CREDITS)
        check_learning(self)
        if self.credit == "bptt" and self.feedback != "symmetric":
            raise RequestError(f"Rates.feedback: must be symmetric with credit=bptt, got {self.feedback!r}")

    def make_constants(self, dtype: np.dtype[Any]) -> RateConstants:
        """What each step of a trial needs, in the dtype of the weights."""
        kappa = exp(-self.step / self.tau_out)
        return RateConstants(
            kappa=dtype.type(kappa),
            reach=dtype.type(1 - kappa),
            learning_rate=dtype.type(self.learning_rate),
            one=dtype.type(1),
            zero=dtype.type(0),
            tiny=find_tiny(dtype),
            through_time=self.credit == "bptt",
        )

    def make_leak(self, n_cells: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """(n_cells,) what is left of each cell's state after a step."""
        leak = np.full(n_cells, exp(-self.step / self.tau_m), dtype)
        leak[n_cells - round(self.slow * n_cells) :] = exp(-self.step / self.tau_slow)
        return leak


class RateConstants(NamedTuple):
    """``Rates`` as a step of a trial uses them; ``reach`` is 1 - kappa, ``tiny`` that of ``Constants``."""

    kappa: Any
    reach: Any
    learning_rate: Any
    one: Any
    zero: Any
    tiny: Any
    through_time: bool


class RateTrace(NamedTuple):
    """What a trial leaves behind, for the way back; and room for both ways.

    Attributes
    ----------
    leak : (n_cells,), a
    r : (n_steps, n_cells), rates
    y : (n_steps, n_outputs), readout
    n_spikes : (n_cells,), always 0: the cells have none
    h, g, worth, back, later : (n_cells,), room
    back_rec : (n_cells, n_cells), room for the weights among cells, transposed
    sums, out : (n_outputs,), readout, and on the way back what a rate is worth to it
    """

    leak: FloatArray
    r: FloatArray
    y: FloatArray
    n_spikes: NDArray[np.int64]
    h: FloatArray
    g: FloatArray
    worth: FloatArray
    back: FloatArray
    later: FloatArray
    back_rec: FloatArray
    sums: FloatArray
    out: FloatArray


def make_rate_trace(leak: FloatArray, n_steps: int, n_outputs: int) -> RateTrace:
    """Room for trials of at most ``n_steps``."""
    n_cells, dtype = leak.size, leak.dtype
    return RateTrace(
        leak=leak,
        r=np.zeros((n_steps, n_cells), dtype),
        y=np.zeros((n_steps, n_outputs), dtype),
        n_spikes=np.zeros(n_cells, np.int64),
        **{name: np.zeros(n_cells, dtype) for name in ("h", "g", "worth", "back", "later")},
        back_rec=np.zeros((n_cells, n_cells), dtype),
        sums=np.zeros(n_outputs, dtype),
        out=np.zeros(n_outputs, dtype),
    )


def run_rates_forward(trace: RateTrace, c: RateConstants, weights: Weights, trial: Trial) -> None:
    """Show a trial."""
    n_cells, n_outputs = trace.h.size, trace.sums.size
    clear(trace.h)
    clear(trace.sums)
    event = 0
    for t in range(trial.n_steps):
        clear(trace.g)
        if t > 0:
            for i in range(n_cells):
                r = trace.r[t - 1, i]
                for j in range(n_cells):
                    trace.g[j] += r * weights.among[i, j]
        for j in range(n_cells):
            trace.h[j] = trace.leak[j] * trace.h[j] + (c.one - trace.leak[j]) * trace.g[j]
        while event < trial.steps.size and trial.steps[event] == t:
            for j in range(n_cells):
                trace.h[j] += weights.into[trial.units[event], j]
            event += 1
        for k in range(n_outputs):
            trace.sums[k] *= c.kappa
        for j in range(n_cells):
            r = np.tanh(trace.h[j])
            trace.r[t, j] = r
            for k in range(n_outputs):
                trace.sums[k] += c.reach * r * weights.out[j, k]
        for k in range(n_outputs):
            trace.y[t, k] = trace.sums[k]


def run_rates_backward(
    trace: RateTrace, c: RateConstants, weights: Weights, trial: Trial, errors: Errors, gradients: Weights
) -> None:
    """Add up the gradient of a trial's error, or e-prop's part of it; see ``spiking.run_backward``."""
    n_cells, n_outputs = trace.h.size, trace.sums.size
    for cells in (trace.g, trace.back, trace.later, errors.signal, trace.out):
        clear(cells)
    for j in range(n_cells):
        for k in range(n_cells):
            trace.back_rec[k, j] = weights.among[j, k]
    event = trial.steps.size
    for t in range(trial.n_steps - 1, -1, -1):
        send_errors_back(errors, trial, t)
        for k in range(n_outputs):
            error = errors.readout[t, k] if t >= trial.answer_from else c.zero
            trace.out[k] = c.kappa * trace.out[k] + error
        # `later` is what the cells' drive of the next step is worth.
        for j in range(n_cells):
            g = c.kappa * trace.g[j] + c.reach * errors.signal[j]
            trace.g[j] = g if abs(g) > c.tiny else c.zero
            trace.worth[j] = trace.g[j]
        if c.through_time:
            for k in range(n_cells):
                later = trace.later[k]
                for j in range(n_cells):
                    trace.worth[j] += trace.back_rec[k, j] * later
        for j in range(n_cells):
            r = trace.r[t, j]
            for k in range(n_cells):
                gradients.among[j, k] += r * trace.later[k]
            for k in range(n_outputs):
                gradients.out[j, k] += c.reach * r * trace.out[k]
        for j in range(n_cells):
            r = trace.r[t, j]
            back = (c.one - r * r) * trace.worth[j] + trace.leak[j] * trace.back[j]
            trace.back[j] = back if abs(back) > c.tiny else c.zero
            trace.later[j] = (c.one - trace.leak[j]) * trace.back[j]
        while event > 0 and trial.steps[event - 1] == t:
            event -= 1
            for j in range(n_cells):
                gradients.into[trial.units[event], j] += trace.back[j]
