"""What a spiking network's synapses proposed and wrote in a trial, worked out from what its cells did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.recording import Recorder, Recording
from bioplast.network import State
from bioplast.tasks.task import Trials

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Observed:
    """A trial that was learned from.

    Attributes
    ----------
    recording : what the cells did
    traces : (n_steps, n_inputs), presynaptic
    psi : (n_steps, n_hidden), pseudo-derivative of the hidden cells, 0 while no image is shown
    proposed, written : (n_inputs, n_hidden), changes of the weights onto hidden cells
    """

    recording: Recording
    traces: FloatArray
    psi: FloatArray
    proposed: FloatArray
    written: FloatArray

    @property
    def active(self) -> NDArray[np.int64]:
        """Inputs that fired."""
        return np.flatnonzero(self.traces.any(axis=0))


def observe(recorder: Recorder, model: Any, state: State, trial: Trials) -> Observed:
    """Let the network learn from one trial, which moves ``state`` on, and say what its synapses did.

    The eligibility of a synapse is the sum over time that models/spiking.py defines, not the event-driven
    form that the network computes::

        delta_w_ij = eta error_j sum_t psi_j(t) pre_trace_i(t)

    Parameters
    ----------
    recorder : of ``model``
    model : a ``SpikingNetwork`` on the runtime device
    state : before the trial
    trial : one
    """
    before = state.layers[0].weights.astype(np.float64)
    recording = recorder.record(state, trial, learn=True)
    spikes = recording.inputs.to_counts(model.n_steps, len(before))
    traces = compute_traces(spikes, math.exp(-1 / model.tau_m_ms))
    step = np.arange(model.n_steps)[:, np.newaxis]
    distance = np.abs(recording.potential[:, : model.n_hidden] / model.v_thresh - 1)
    psi = model.gamma * np.clip(1 - distance, 0, 1) * ((step >= 1) & (step <= model.n_stimulus))
    error = recording.error[: model.n_hidden]
    proposed = model.learning_rates["input->hidden"] * (traces.T @ psi) * error
    return Observed(recording, traces, psi, proposed, state.layers[0].weights - before)


def compute_traces(counts: NDArray[np.int64], decay: float) -> NDArray[np.float64]:
    """Exponential traces of spikes, as they are in each step before its own spikes are added.

    Parameters
    ----------
    counts : (n_steps, n_cells), spikes
    decay : what is left of a trace after a step

    Returns
    -------
    traces : (n_steps, n_cells)

    >>> compute_traces(np.array([[1], [0], [1], [0]]), 0.5).ravel()
    array([0.   , 0.5  , 0.25 , 0.625])
    """
    traces = np.zeros(counts.shape)
    for step in range(1, len(counts)):
        traces[step] = decay * (traces[step - 1] + counts[step - 1])
    return traces
