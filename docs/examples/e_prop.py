"""E-prop in a recurrent spiking network, in Brian2: a trial forward, and the same trial backward.

The network of ``models/recurrent.py`` with its equations in the open. Forward, cells adapt and reach each
other; backward, a second group replays the trial from its end, with three numbers a cell, and every input
spike and spike of a cell collects what a change of its synapses is worth. No synapse keeps a trace.

python docs/examples/e_prop.py
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    defaultclock,
    ms,
    seed,
)
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# What arrives in a step counts in the same step: decay, then synapses, then thresholds.
SCHEDULE = ["start", "groups", "synapses", "thresholds", "resets", "end"]

CELLS = """
dv/dt = -v / tau_m : 1
da/dt = -a / tau_a : 1
beta : 1 (constant)
wait : 1
threshold = v_thresh + beta * a : 1
psi = int(wait <= 0) * gamma / v_thresh * clip(1 - abs(v - threshold) / v_thresh, 0, 1) : 1
"""
# A spike acts on its own cell a step later, when both have decayed once.
RESET = "v -= v_thresh * exp(dt / tau_m); a += exp(dt / tau_a); wait = refractory"

# One step back; `psi_after` is that of the step which came later in the trial.
REPLAY = """
q = (g + pull) * psi_after + (rho - psi_after * beta) * q
g = kappa * g + signal(t, i)
psi_after = slope(t, i)
later = worth
worth = psi_after * (g + pull - beta * q) + alpha * worth
"""
CELLS_BACK = """
beta : 1 (constant)
pull : 1 (constant)
q : 1
g : 1
worth : 1
later : 1
psi_after : 1
"""


@dataclass(frozen=True)
class Constants:
    """As ``bioplast.backends.numeric.recurrent.cells.Cells`` has them."""

    tau_m_ms: float = 20.0
    tau_out_ms: float = 20.0
    tau_a_ms: float = 2000.0
    v_thresh: float = 0.6
    gamma: float = 0.3
    refractory: int = 5

    @property
    def namespace(self) -> dict[str, Any]:
        """What the equations use."""
        return {
            "tau_m": self.tau_m_ms * ms,
            "tau_a": self.tau_a_ms * ms,
            "alpha": np.exp(-1 / self.tau_m_ms),
            "rho": np.exp(-1 / self.tau_a_ms),
            "kappa": np.exp(-1 / self.tau_out_ms),
            "v_thresh": self.v_thresh,
            "gamma": self.gamma,
            "refractory": self.refractory,
        }


def run_forward(
    x: NDArray[np.bool_], w_in: FloatArray, w_rec: FloatArray, beta: FloatArray, constants: Constants
) -> tuple[NDArray[np.bool_], FloatArray]:
    """Show spikes ``x`` (n_steps, n_units): spikes and pseudo-derivative of the cells, (n_steps, n_cells)."""
    defaultclock.dt = 1 * ms
    n_steps, n_cells = len(x), len(beta)
    names = constants.namespace
    cells = NeuronGroup(
        n_cells, CELLS, threshold="v > threshold and wait <= 0", reset=RESET, method="exact", namespace=names
    )
    cells.beta = beta
    cells.run_regularly("wait = clip(wait - 1, 0, inf)", when="groups", order=1)
    inputs = _make_spikes(x)
    into = Synapses(inputs, cells, "w : 1", on_pre="v_post += w")
    among = Synapses(cells, cells, "w : 1", on_pre="v_post += w")
    for synapses, weights in ((into, w_in), (among, w_rec)):
        synapses.connect()
        synapses.w = weights.ravel()
    spikes = SpikeMonitor(cells)
    slopes = StateMonitor(cells, "psi", record=True, when="after_thresholds")
    network = Network(cells, inputs, into, among, spikes, slopes)
    network.schedule = SCHEDULE
    network.run((n_steps + 1) * ms, namespace={})
    z = np.zeros((n_steps + 1, n_cells), bool)
    z[np.round(spikes.t / ms).astype(int), spikes.i] = True
    return z[1:], slopes.psi.T[1:]


def run_backward(
    x: NDArray[np.bool_],
    z: NDArray[np.bool_],
    psi: FloatArray,
    signal: FloatArray,
    pull: FloatArray,
    beta: FloatArray,
    constants: Constants,
) -> tuple[FloatArray, FloatArray]:
    """Replay the trial from its end: the gradients onto the cells, (n_units, n_cells) and (n_cells, n_cells).

    Parameters
    ----------
    x, z, psi : (n_steps, n), input spikes, spikes and pseudo-derivative of the cells
    signal : (n_steps, n_cells), the learning signal: what a spike's effect on the readout is worth
    pull : (n_cells,), the gradient of what firing rates cost
    """
    defaultclock.dt = 1 * ms
    n_steps, n_cells = psi.shape
    # Generators need a step to be heard, so that the replay starts a step late.
    nothing = np.zeros((1, n_cells))
    names = constants.namespace | {
        "signal": TimedArray(np.vstack([nothing, signal[::-1]]), dt=1 * ms),
        "slope": TimedArray(np.vstack([nothing, psi[::-1]]), dt=1 * ms),
    }
    cells = NeuronGroup(n_cells, CELLS_BACK, namespace=names)
    cells.beta, cells.pull = beta, pull
    cells.run_regularly(REPLAY, when="groups")
    before, fired = _make_spikes(x[::-1]), _make_spikes(z[::-1])
    into = Synapses(before, cells, "gradient : 1", on_pre="gradient += worth_post")
    among = Synapses(fired, cells, "gradient : 1", on_pre="gradient += later_post")
    for synapses in (into, among):
        synapses.connect()
    network = Network(cells, before, fired, into, among)
    network.schedule = SCHEDULE
    network.run((n_steps + 1) * ms, namespace={})
    shapes = ((x.shape[1], n_cells), (n_cells, n_cells))
    d_in, d_rec = (
        np.array(synapses.gradient[:]).reshape(shape)
        for synapses, shape in zip((into, among), shapes, strict=True)
    )
    return d_in, d_rec


def _make_spikes(spikes: NDArray[np.bool_]) -> SpikeGeneratorGroup:
    """Spikes (n_steps, n_units) that arrive one step after they are sent."""
    steps, units = np.nonzero(spikes)
    return SpikeGeneratorGroup(spikes.shape[1], units, steps * ms)


def main() -> None:
    """Show a trial of noise to 20 cells and find what an error of random size is worth to each synapse."""
    seed(1)
    rng = np.random.default_rng(1)
    x, beta = rng.random((200, 8)) < 0.1, np.repeat([0.0, 0.02], 10)
    w_in, w_rec = rng.standard_normal((8, 20)) / 2, rng.standard_normal((20, 20)) / 5
    z, psi = run_forward(x, w_in, w_rec, beta, Constants())
    signal = np.tile(rng.standard_normal(20), (200, 1))
    d_in, d_rec = run_backward(x, z, psi, signal, np.zeros(20), beta, Constants())
    print(f"{z.sum()} spikes of cells; largest gradients {abs(d_in).max():.3g} and {abs(d_rec).max():.3g}")


if __name__ == "__main__":
    main()
