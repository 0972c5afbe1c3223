"""A chunk of trials in time in one piece of machine code: forward, back, propose, choose, write, book.

Plain functions in Numba's subset of Python. What networks and rules replace stands here as it is when nothing
is said (see ``numeric.compiled``): ``run_forward`` and ``run_backward``, ``opens``, and the chains
``transform``, ``select``, ``consolidate`` and ``fade``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.kernel import find_winner, opens
from bioplast.backends.numeric.recurrent.spiking import run_backward, run_forward
from bioplast.kernels.dense import DenseArrays, keep_chosen, leave, write_changes

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]

RATE_SHARE = 0.03  # of a trial in the running mean of a cell's firing rate

transform = select = consolidate = fade = leave


class Chain(NamedTuple):
    """What the rules of one layer own, and the values they use, laid as ``nest`` lays them."""

    transforms: Any
    transform_values: Any
    selections: Any
    selection_values: Any
    consolidation: Any
    consolidation_values: Any


class Shown(NamedTuple):
    """``bioplast.tasks.sequences.Events`` as machine code takes them."""

    n_steps: IntArray
    answer_from: IntArray
    starts: IntArray
    steps: NDArray[np.int32]
    units: NDArray[np.int32]
    labels: IntArray
    series: FloatArray
    tolerance: float


class Learning(NamedTuple):
    """How errors are made and where they go.

    Attributes
    ----------
    feedback : (n_cells, n_outputs), weights that bring errors to the cells
    is_mean : whether the error is that of the mean readout
    gate : values of the gate
    rates : (n_cells,), running means of spikes per step
    rate_target, rate_cost : what they are drawn to, and how strongly
    errors : (n_steps, n_outputs), room for errors
    mean : (n_outputs,), room for the mean readout
    pull, signal : (n_cells,), room
    """

    feedback: FloatArray
    is_mean: bool
    gate: NDArray[np.float64]
    rates: NDArray[np.float64]
    rate_target: float
    rate_cost: float
    errors: FloatArray
    mean: FloatArray
    pull: FloatArray
    signal: FloatArray


def run_chunk(
    layers: tuple[DenseArrays, DenseArrays, DenseArrays],
    chains: tuple[Chain, Chain, Chain],
    trace: Any,
    constants: Any,
    shown: Shown,
    learning: Learning,
    keys: IntArray,
    predictions: IntArray,
    counts: IntArray,
    first: int,
    last: int,
    learn: bool,
    write: bool,
) -> bool:
    """Show the trials from number ``first`` to before ``last`` and, with ``learn``, learn from each.

    Parameters
    ----------
    layers, chains : from input, from cells, and to the readout
    trace, constants : what ``run_forward`` and ``run_backward`` use
    keys : (n_trials, n_layers), random bits of each trial and layer
    predictions : (n_trials,), filled here
    counts : (2,), input spikes and spikes of cells, added to
    write : whether to end each trial; if not, changes are proposed and are left in ``layers``

    Returns
    -------
    opened : whether the last trial was learned from
    """
    opened = False
    into, among, out = layers
    offset = 0
    for trial in range(first):
        offset += shown.n_steps[trial] if shown.series.size > 0 else 0
    for trial in range(first, last):
        n_steps, answer_from = shown.n_steps[trial], shown.answer_from[trial]
        event, last_event = shown.starts[trial], shown.starts[trial + 1]
        run_forward(
            trace,
            constants,
            into.effective,
            among.effective,
            out.effective,
            shown.steps,
            shown.units,
            event,
            last_event,
            n_steps,
        )
        opened = take_answer(
            trace.y, trace.n_spikes, shown, learning, predictions, counts, trial, offset, learn
        )
        offset += n_steps if shown.series.size > 0 else 0
        if opened:
            clear_changes(layers)
            run_backward(
                trace,
                constants,
                learning.errors,
                learning.feedback,
                learning.pull,
                learning.signal,
                shown.steps,
                shown.units,
                last_event,
                event,
                n_steps,
                answer_from,
                shown.series.size > 0 or not learning.is_mean,
                into.effective,
                among.effective,
                out.effective,
                into.change,
                among.change,
                out.change,
            )
            descend(layers, constants)
        if learn and write:
            end_trials(layers, chains, keys, trial, opened)
    return opened


def take_answer(
    y: FloatArray,
    n_spikes: IntArray,
    shown: Shown,
    learning: Learning,
    predictions: IntArray,
    counts: IntArray,
    trial: int,
    offset: int,
    learn: bool,
) -> bool:
    """Judge the readout (n_steps, n_outputs) of a trial: whether it is learned from.

    Parameters
    ----------
    n_spikes : (n_cells,), of each cell in the trial
    offset : where in ``shown.series`` the trial begins
    """
    n_steps, answer_from, label = shown.n_steps[trial], shown.answer_from[trial], shown.labels[trial]
    counts[0] += shown.starts[trial + 1] - shown.starts[trial]
    n_fired = 0
    for j in range(n_spikes.size):
        n_fired += n_spikes[j]
    counts[1] += n_fired
    average(y, answer_from, n_steps, learning.mean)
    winner = find_winner(learning.mean)
    if shown.series.size > 0:
        winner = follow(y, shown.series, offset, n_steps, learning.errors) <= shown.tolerance
    elif learn:
        judge(y, answer_from, n_steps, label, learning)
    predictions[trial] = winner
    if not learn:
        return False
    for j in range(n_spikes.size):
        learning.rates[j] += (n_spikes[j] / n_steps - learning.rates[j]) * RATE_SHARE
        learning.pull[j] = learning.rate_cost * (learning.rates[j] - learning.rate_target) / n_steps
    return opens(learning.mean, winner, label, learning.gate)


def end_trials(
    layers: tuple[DenseArrays, DenseArrays, DenseArrays],
    chains: tuple[Chain, Chain, Chain],
    keys: IntArray,
    trial: int,
    opened: bool,
) -> None:
    """End a trial in all layers."""
    for index in range(3):
        end_trial(layers[index], chains[index], keys[trial, index], opened)


def end_trial(synapses: DenseArrays, chain: Chain, key: int, opened: bool) -> None:
    """Transforms -> path -> selection -> consolidation -> write -> book."""
    if opened and synapses.n_plastic > 0:
        transform(synapses, chain.transforms, chain.transform_values, key)
        for i in range(synapses.chosen.shape[0]):
            for j in range(synapses.chosen.shape[1]):
                synapses.chosen[i, j] = synapses.plastic[i, j]
        select(synapses, chain.selections, chain.selection_values, key)
        keep_chosen(synapses)
        consolidate(synapses, chain.consolidation, chain.consolidation_values, key)
        write_changes(synapses)
    fade(synapses, chain.consolidation, chain.consolidation_values, key)


def average(y: FloatArray, first: int, last: int, mean: FloatArray) -> None:
    """The mean readout from step ``first`` to before ``last``."""
    for k in range(mean.size):
        mean[k] = 0
    for t in range(first, last):
        for k in range(mean.size):
            mean[k] += y[t, k]
    for k in range(mean.size):
        mean[k] /= last - first


def judge(y: FloatArray, first: int, last: int, label: int, learning: Learning) -> None:
    """The derivative of the cross-entropy by each step's readout."""
    for t in range(first, last):
        if learning.is_mean and t > first:
            for k in range(learning.mean.size):
                learning.errors[t, k] = learning.errors[first, k]
            continue
        most = 0.0
        for k in range(learning.mean.size):
            learning.errors[t, k] = learning.mean[k] if learning.is_mean else y[t, k]
            most = max(most, np.float64(learning.errors[t, k])) if k else np.float64(learning.errors[t, 0])
        total = 0.0
        for k in range(learning.mean.size):
            total += math.exp(np.float64(learning.errors[t, k]) - most)
        for k in range(learning.mean.size):
            probability = math.exp(np.float64(learning.errors[t, k]) - most) / total
            learning.errors[t, k] = (probability - (k == label)) / (last - first)


def follow(y: FloatArray, series: FloatArray, offset: int, n_steps: int, errors: FloatArray) -> float:
    """Squared error over variance, and the derivative of the error by each step's readout."""
    squares, spread = 0.0, 0.0
    for k in range(series.shape[1]):
        mean = 0.0
        for t in range(n_steps):
            mean += series[offset + t, k]
        mean /= n_steps
        for t in range(n_steps):
            error = np.float64(y[t, k]) - series[offset + t, k]
            errors[t, k] = error / n_steps
            squares += error**2
            spread += (series[offset + t, k] - mean) ** 2
    return squares / spread


def clear_changes(layers: tuple[DenseArrays, DenseArrays, DenseArrays]) -> None:
    """Propose nothing."""
    for layer in layers:
        for i in range(layer.change.shape[0]):
            for j in range(layer.change.shape[1]):
                layer.change[i, j] = 0


def descend(layers: tuple[DenseArrays, DenseArrays, DenseArrays], constants: Any) -> None:
    """Turn gradients into the changes that are proposed."""
    for layer in layers:
        for i in range(layer.change.shape[0]):
            for j in range(layer.change.shape[1]):
                layer.change[i, j] *= -constants.learning_rate
