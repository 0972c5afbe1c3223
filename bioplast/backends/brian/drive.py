"""How the cells of a spiking network answer to drive: constant, and as they get it in the network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.recording import Recorder, Recording
from bioplast.network import State
from bioplast.tasks.task import Trials

FloatArray = NDArray[np.float64]


def compute_rate(drive: FloatArray, tau_m_ms: float) -> FloatArray:
    """Rate in Hz of a leaky integrate-and-fire cell, 1 / (tau ln(I / (I - 1))) for a drive I above threshold.

    >>> compute_rate(np.array([0.5, 2.0]), 20.0).round(1)
    array([ 0. , 72.1])
    """
    above = drive > 1
    interval = np.full(drive.shape, np.inf)
    interval[above] = tau_m_ms * np.log(drive[above] / (drive[above] - 1))
    return 1000 / interval


def drive_cells(model: Any, trial: Trials, drive: FloatArray) -> FloatArray:
    """(n_hidden,), rates in Hz, counted in ``trial``, of cells that get a constant drive and no spikes.

    Parameters
    ----------
    model : a ``SpikingNetwork`` on the runtime device
    trial : one; what it shows does not matter
    drive : (n_hidden,), in thresholds
    """
    state = model.initial_state(0)
    for layer in state.layers:
        layer.weights[:] = 0
    recording = Recorder(model, drive * model.v_thresh).record(state, trial, learn=False)
    counts = np.bincount(recording.hidden.cells, minlength=drive.size)[: drive.size]
    return counts.astype(np.float64) * _one_spike_hz(model)


def measure_answers(recording: Recording, model: Any, state: State) -> tuple[FloatArray, FloatArray]:
    """Mean drive in thresholds, and rate in Hz, of each hidden cell in each trial: both (n_trials, n_hidden).

    The mean drive is the constant one that would bring the potential as far, without a threshold, as the
    spikes that reach the cell do: tau_m times the sum over synapses of weight and rate.
    """
    n_trials = len(recording.potential) // model.n_steps
    weights = state.layers[0].weights
    inputs, hidden = (
        spikes.to_counts(len(recording.potential), n_cells)
        .reshape(n_trials, model.n_steps, n_cells)
        .sum(axis=1)
        for spikes, n_cells in ((recording.inputs, len(weights)), (recording.hidden, model.n_hidden + 1))
    )
    drive = inputs @ weights.astype(np.float64) * (model.tau_m_ms / model.n_stimulus / model.v_thresh)
    return drive, hidden[:, : model.n_hidden] * _one_spike_hz(model)


def _one_spike_hz(model: Any) -> float:
    return 1000 / float(model.n_stimulus)
