"""A chunk of trials of a layer of perceptrons in one piece of machine code.

Plain functions in Numba's subset of Python; what rules replace is as in ``kernel``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.kernel import (
    begin,
    catch_up_all,
    change_layer,
    find_winner,
    finish,
    opens,
    weigh,
)
from bioplast.kernels.synapse_arrays import FloatArray, IntArray, SynapseArrays


def run_patterns(
    synapses: SynapseArrays,
    learning_rate: Any,
    gate: NDArray[np.float64],
    source: NDArray[np.uint8],
    images: IntArray,
    labels: IntArray,
    keys: IntArray,
    predictions: IntArray,
    learn: bool,
) -> None:
    """Show ``images`` in order and learn from those that a unit gets wrong.

    Parameters
    ----------
    gate : parameters of the gate
    source : (n_images, n_inputs), pixels; above 127 an input is +1, else -1
    images, labels : (n_trials,), rows of ``source`` and their classes
    keys : (n_trials, 1), random bits of each trial
    predictions : (n_trials,), filled here
    """
    n_inputs = source.shape[1]
    for trial in range(images.size):
        for i in range(n_inputs):
            synapses.pre[i] = 1 if source[images[trial], i] > 127 else -1
            synapses.rows[i] = i
        if learn:
            begin(synapses, trial)
            catch_up_all(synapses)
        for j in range(synapses.activity.size):
            synapses.activity[j] = 0
        weigh(synapses, n_inputs)
        winner = find_class(synapses.activity)
        predictions[trial] = winner
        wrong = compute_errors(synapses, labels[trial])
        if learn and wrong and opens(synapses.activity, winner, labels[trial], gate):
            change_layer(synapses, n_inputs, learning_rate, keys[trial, 0])
    if learn:
        finish(synapses, images.size)


def find_class(drive: FloatArray) -> int:
    """The class that one unit's sign says, or that the unit with the largest drive stands for."""
    if drive.size == 1:
        return int(drive[0] > 0)
    return find_winner(drive)


def compute_errors(synapses: SynapseArrays, label: int) -> bool:
    """+1 for units that should be on and are not, -1 for those that should not and are; whether any is."""
    wrong = False
    for j in range(synapses.error.size):
        wanted = label == (1 if synapses.error.size == 1 else j)
        synapses.error[j] = int(wanted) - int(synapses.activity[j] > 0)
        wrong |= wanted != (synapses.activity[j] > 0)
    return wrong
