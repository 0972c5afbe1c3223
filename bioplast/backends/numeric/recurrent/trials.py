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
from bioplast.backends.numeric.recurrent.trial import Errors, Trial, Weights
from bioplast.kernels.dense import DenseArrays, keep_chosen, leave, write_changes
from bioplast.kernels.synapse_arrays import FloatArray, IntArray

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
    """``bioplast.tasks.sequences.Events`` as machine code takes them.

    Attributes
    ----------
    series_starts : (n_trials + 1,), where the series of each trial begins
    """

    n_steps: IntArray
    answer_from: IntArray
    starts: IntArray
    steps: NDArray[np.int32]
    units: NDArray[np.int32]
    labels: IntArray
    series_starts: IntArray
    series: FloatArray
    tolerance: float


class Learning(NamedTuple):
    """How errors are made and where they go.

    Attributes
    ----------
    gate : values of the gate
    rates : (n_cells,), running means of spikes per step
    rate_target, rate_cost : what they are drawn to, and how strongly
    mean : (n_outputs,), room for the mean readout
    errors : of the mean readout unless they change from step to step
    """

    gate: NDArray[np.float64]
    rates: NDArray[np.float64]
    rate_target: float
    rate_cost: float
    mean: FloatArray
    errors: Errors


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
    weights = Weights(into.effective, among.effective, out.effective)
    gradients = Weights(into.change, among.change, out.change)
    for number in range(first, last):
        trial = find_trial(shown, number)
        run_forward(trace, constants, weights, trial)
        opened = take_answer(trace.y, trace.n_spikes, trial, learning, predictions[number:], counts, learn)
        if opened:
            clear_changes(layers)
            run_backward(trace, constants, weights, trial, learning.errors, gradients)
            descend(layers, constants)
        if learn and write:
            end_trials(layers, chains, keys[number], opened)
    return opened


def find_trial(shown: Shown, number: int) -> Trial:
    """One of the trials that are shown."""
    first, last = shown.starts[number], shown.starts[number + 1]
    series = shown.series[shown.series_starts[number] : shown.series_starts[number + 1]]
    return Trial(
        n_steps=shown.n_steps[number],
        answer_from=shown.answer_from[number],
        steps=shown.steps[first:last],
        units=shown.units[first:last],
        label=shown.labels[number],
        series=series,
        tolerance=shown.tolerance,
    )


def take_answer(
    y: FloatArray,
    n_spikes: IntArray,
    trial: Trial,
    learning: Learning,
    prediction: IntArray,
    counts: IntArray,
    learn: bool,
) -> bool:
    """Judge the readout (n_steps, n_outputs) of a trial: whether it is learned from.

    Parameters
    ----------
    n_spikes : (n_cells,), of each cell in the trial
    prediction : its first place is filled
    counts : (2,), input spikes and spikes of cells, added to
    """
    counts[0] += trial.steps.size
    counts[1] += n_spikes.sum()
    average(y, trial, learning.mean)
    winner = find_winner(learning.mean)
    if trial.series.size > 0:
        winner = follow(y, trial.series, learning.errors.readout) <= trial.tolerance
    elif learn:
        judge(y, trial, learning)
    prediction[0] = winner
    if not learn:
        return False
    for j in range(n_spikes.size):
        learning.rates[j] += (n_spikes[j] / trial.n_steps - learning.rates[j]) * RATE_SHARE
        cost = learning.rate_cost * (learning.rates[j] - learning.rate_target)
        learning.errors.pull[j] = cost / trial.n_steps
    return opens(learning.mean, winner, trial.label, learning.gate)


def end_trials(
    layers: tuple[DenseArrays, DenseArrays, DenseArrays],
    chains: tuple[Chain, Chain, Chain],
    keys: IntArray,
    opened: bool,
) -> None:
    """End a trial in all layers, for which it has a key each."""
    for index in range(3):
        end_trial(layers[index], chains[index], keys[index], opened)


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


def average(y: FloatArray, trial: Trial, mean: FloatArray) -> None:
    """The mean readout from the step of the answer on."""
    for k in range(mean.size):
        mean[k] = 0
    for t in range(trial.answer_from, trial.n_steps):
        for k in range(mean.size):
            mean[k] += y[t, k]
    for k in range(mean.size):
        mean[k] /= trial.n_steps - trial.answer_from


def judge(y: FloatArray, trial: Trial, learning: Learning) -> None:
    """The derivative of the cross-entropy by each step's readout."""
    first, last = trial.answer_from, trial.n_steps
    mean, errors, changes = learning.mean, learning.errors.readout, learning.errors.changes
    for t in range(first, last):
        if t > first and not changes:
            for k in range(mean.size):
                errors[t, k] = errors[first, k]
            continue
        most = 0.0
        for k in range(mean.size):
            errors[t, k] = y[t, k] if changes else mean[k]
            most = max(most, np.float64(errors[t, k])) if k else np.float64(errors[t, 0])
        total = 0.0
        for k in range(mean.size):
            total += math.exp(np.float64(errors[t, k]) - most)
        for k in range(mean.size):
            probability = math.exp(np.float64(errors[t, k]) - most) / total
            errors[t, k] = (probability - (k == trial.label)) / (last - first)


def follow(y: FloatArray, series: FloatArray, errors: FloatArray) -> float:
    """Squared error over variance, and the derivative of the error by each step's readout."""
    squares, spread = 0.0, 0.0
    for k in range(series.shape[1]):
        mean = 0.0
        for t in range(len(series)):
            mean += series[t, k]
        mean /= len(series)
        for t in range(len(series)):
            error = np.float64(y[t, k]) - series[t, k]
            errors[t, k] = error / len(series)
            squares += error**2
            spread += (series[t, k] - mean) ** 2
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
