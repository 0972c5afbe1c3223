"""A trial of the recurrent network of spiking cells in Brian2, forward and backward, in runtime mode.

The equations of ``models/recurrent.py``, step by step and in the open. Forward, spikes of inputs and cells
reach cells, and cells reach the readout. Backward, a second network replays the trial from its end, and every
spike collects at its synapses what a change of them is worth: e-prop without a trace at any synapse
(``bioplast.backends.numeric.recurrent.reference.replay``). Both take the place of the machine code of
``bioplast.backends.numeric.recurrent.spiking``; errors, rules and books stay what they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import (
    Clock,
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    ms,
    second,
)
from brian2.devices.device import RuntimeDevice
from numpy.typing import NDArray

from bioplast.backends.programs.workspace import Workspace

FloatArray = NDArray[np.floating[Any]]

# What arrives in a step counts in it: what is left from the step before, then spikes, then cells.
SCHEDULE = ["start", "groups", "synapses", "thresholds", "resets", "end"]

CELLS = """
I : 1                                       # synaptic current
v : 1                                       # membrane
a : 1                                       # adaptation
z : 1                                       # spike in the step before
wait : 1                                    # steps until the cell may fire
psi : 1                                     # pseudo-derivative
beta : 1 (constant)
threshold = v_thresh + beta*a : 1
"""
LEAK = "I = alpha_syn*I"  # before spikes arrive
MOVE = """
v = alpha*v*(1 - zeroed*z) + gain*I - subtracted*z
a = rho*a + z
wait = clip(wait - 1, 0, inf)
psi = int(wait == 0)*height*clip(1 - abs(v - threshold)/v_thresh, 0, inf)
z = 0
"""
FIRES = "v > threshold and wait == 0"
FIRE = "z = 1; wait = refractory"

# One step back in time; `psi_after` is that of the step which came later in the trial.
CELLS_BACK = """
q : 1
g : 1
r : 1
worth : 1                                   # of a spike that arrives in this step
later : 1                                   # of one that is sent: it arrives a step later
psi_after : 1
beta : 1 (constant)
pull : 1 (constant)                         # of the rate that is wanted
"""
REPLAY = """
q = (g + pull)*psi_after + (rho - psi_after*beta)*q
g = kappa*g + signal(t, i)
psi_after = slope(t, i)
r = psi_after*(g + pull - beta*q) + alpha*(1 - zeroed*fired(t, i))*r
later = worth
worth = gain*r + alpha_syn*worth
"""
REPLAY_OUTPUT = "reach = kappa*reach + err(t, i)"


def run_forward(
    trace: Any,
    c: Any,
    w_in: FloatArray,
    w_rec: FloatArray,
    w_out: FloatArray,
    steps: NDArray[np.int32],
    units: NDArray[np.int32],
    event: int,
    last_event: int,
    n_steps: int,
) -> None:
    """As ``bioplast.backends.numeric.recurrent.spiking.run_forward``."""
    names = _name_constants(c)
    with _enter():
        clock = Clock(1 * ms, name="clock")
        n_cells, n_outputs = w_out.shape
        shown = slice(event, last_event)
        inputs = _make_source(len(w_in), units[shown], steps[shown], clock)
        cells = NeuronGroup(n_cells, CELLS, threshold=FIRES, reset=FIRE, namespace=names, clock=clock)
        cells.beta = trace.beta
        cells.run_regularly(LEAK, when="groups")
        cells.run_regularly(MOVE, when="after_synapses")
        readout = NeuronGroup(n_outputs, "y : 1", namespace=names, clock=clock)
        readout.run_regularly("y = kappa*y", when="groups")
        synapses = [
            _connect(source, target, weights, f"{variable}_post += w")
            for source, target, weights, variable in (
                (inputs, cells, w_in, "I"),
                (cells, cells, w_rec, "I"),
                (cells, readout, w_out, "y"),
            )
        ]
        spikes = SpikeMonitor(cells)
        slopes = StateMonitor(cells, "psi", record=True, when="after_thresholds", clock=clock)
        outputs = StateMonitor(readout, "y", record=True, when="after_synapses", clock=clock)
        network = Network(inputs, cells, readout, *synapses, spikes, slopes, outputs)
        network.schedule = SCHEDULE
        # Inputs are heard a step late, and the readout hears the last spikes a step after that.
        network.run((n_steps + 2) * ms, namespace={})
        fired = np.zeros((n_steps + 2, n_cells), bool)
        fired[np.rint(spikes.t / clock.dt).astype(int), spikes.i] = True
        psi, y = slopes.psi.T, outputs.y.T
    z = fired[1:-1]
    trace.z[:n_steps], trace.psi[:n_steps], trace.y[:n_steps] = z, psi[1:-1], y[2:]
    trace.n_spikes[:] = z.sum(axis=0)
    at, who = np.nonzero(z)
    trace.spikes[: who.size] = who
    trace.starts[: n_steps + 1] = np.searchsorted(at, np.arange(n_steps + 1))


def run_backward(
    trace: Any,
    c: Any,
    errors: FloatArray,
    feedback: FloatArray,
    pull: FloatArray,
    signal: FloatArray,
    steps: NDArray[np.int32],
    units: NDArray[np.int32],
    event: int,
    first_event: int,
    n_steps: int,
    answer_from: int,
    changes: bool,
    w_in: FloatArray,
    w_rec: FloatArray,
    w_out: FloatArray,
    d_in: FloatArray,
    d_rec: FloatArray,
    d_out: FloatArray,
) -> None:
    """As ``bioplast.backends.numeric.recurrent.spiking.run_backward``."""
    answered = (np.arange(n_steps) >= answer_from)[:, np.newaxis] * errors[:n_steps]
    signal[:] = feedback @ answered[0]
    z = trace.z[:n_steps]
    with _enter():
        names = _name_constants(c) | {
            "signal": _rewind(answered @ feedback.T),
            "slope": _rewind(trace.psi[:n_steps]),
            "fired": _rewind(z),
            "err": _rewind(answered),
        }
        clock = Clock(1 * ms, name="clock")
        n_cells, n_outputs = w_out.shape
        cells = NeuronGroup(n_cells, CELLS_BACK, namespace=names, clock=clock)
        cells.beta, cells.pull = trace.beta, pull
        cells.run_regularly(REPLAY, when="groups")
        readout = NeuronGroup(n_outputs, "reach : 1", namespace=names, clock=clock)
        readout.run_regularly(REPLAY_OUTPUT, when="groups")
        shown = slice(first_event, event)
        inputs = _make_source(len(w_in), units[shown], n_steps - 1 - steps[shown], clock)
        at, who = np.nonzero(z)
        senders = _make_source(n_cells, who, n_steps - 1 - at, clock)
        synapses = [
            _connect(source, target, gradient, f"w += {variable}_post")
            for source, target, gradient, variable in (
                (inputs, cells, d_in, "worth"),
                (senders, cells, d_rec, "later"),
                (senders, readout, d_out, "reach"),
            )
        ]
        network = Network(inputs, senders, cells, readout, *synapses)
        network.schedule = SCHEDULE
        network.run((n_steps + 1) * ms, namespace={})
        for gradient, collected in zip((d_in, d_rec, d_out), synapses, strict=True):
            gradient[...] = np.reshape(collected.w[:], gradient.shape)


def _enter() -> Any:
    """Brian2 in runtime mode and double precision, whatever it is set to outside."""
    return Workspace(np.float64, RuntimeDevice()).entered()


def _name_constants(c: Any) -> dict[str, Any]:
    """What the equations name, as plain numbers."""
    names = ("alpha", "alpha_syn", "rho", "kappa", "gain", "v_thresh", "subtracted", "zeroed", "height")
    return {name: float(getattr(c, name)) for name in (*names, "refractory")}


def _make_source(n_units: int, units: Any, steps: Any, clock: Clock) -> SpikeGeneratorGroup:
    """Spikes that arrive one step after ``steps``."""
    return SpikeGeneratorGroup(
        n_units, np.asarray(units, int), np.asarray(steps) * (clock.dt / second) * second, clock=clock
    )


def _connect(source: Any, target: Any, weights: FloatArray, on_pre: str) -> Synapses:
    """Synapses from all to all with a value ``w`` each."""
    synapses = Synapses(source, target, "w : 1", on_pre=on_pre, clock=source.clock)
    synapses.connect()
    synapses.w = weights.ravel()
    return synapses


def _rewind(course: FloatArray) -> TimedArray:
    """A course (n_steps, n) from its end on, a step late."""
    return TimedArray(np.vstack([np.zeros(course.shape[1]), course[::-1]]), dt=1 * ms)
