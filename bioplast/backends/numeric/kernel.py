"""A chunk of trials of the network in one piece of machine code: what ``reference`` means, fast.

Plain functions in Numba's subset of Python. The parts that encodings and rules replace stand here as
they are when nothing is said (see ``compiled``): ``read_image``, ``activate``, ``bend``, ``compute_error``,
``opens`` and ``select``, and in ``bioplast.kernels.write_loops`` ``weight_at``, ``catch_up``, ``write``,
``close`` and ``book``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.activation import bend_rectified as bend
from bioplast.backends.numeric.activation import rectify as activate
from bioplast.backends.numeric.encoding import read_pixels as read_image
from bioplast.backends.numeric.loss import miss_squared as compute_error
from bioplast.kernels.synapse_arrays import FloatArray, IntArray, SynapseArrays
from bioplast.kernels.write_loops import catch_up, close, flush, weight_at
from bioplast.plasticity.plain import select_plain as select

N_RECENT = 255  # trials whose writes are counted in a byte


class Constants(NamedTuple):
    """``Settings`` in the dtype of the weights."""

    learning_rate: Any
    learning_rate_output: Any
    slope: Any
    error_slope: Any
    clamps_first: bool


def run_chunk(
    layers: tuple[SynapseArrays, ...],
    constants: Constants,
    gate: NDArray[np.float64],
    source: NDArray[Any],
    table: FloatArray,
    images: IntArray,
    labels: IntArray,
    keys: IntArray,
    base: FloatArray,
    predictions: IntArray,
    n_active: IntArray,
    learn: bool,
) -> int:
    """Show ``images`` in order and learn from each.

    Parameters
    ----------
    layers : the layers of synapses from input to output, at least two
    gate : parameters of the gate
    source, table : what ``read_image`` reads from
    images, labels : (n_trials,), rows of ``source`` and their classes
    keys : (n_trials, n_layers), random bits of each trial and layer
    base : (n_trials, n_units), what the units behind the second layer get from elsewhere
    predictions : (n_trials,), filled here
    n_active : (n_layers,), scratch for the number of presynaptic units of each layer that are on

    Returns
    -------
    macs : multiply-accumulates of the forward passes whose input is not zero
    """
    last = len(layers) - 1
    macs = 0
    for trial in range(images.size):
        n_active[0] = read_image(source, table, images[trial], layers[0].pre, layers[0].rows)
        if learn:
            for index in range(len(layers)):
                begin(layers[index], trial)
            catch_up_rows(layers[0], n_active[0])
            for index in range(1, len(layers)):
                catch_up_all(layers[index])
        for index in range(len(layers)):
            layer = layers[index]
            for j in range(layer.activity.size):
                layer.activity[j] = base[trial, j] if index == 1 else 0
            weigh(layer, n_active[index])
            macs += n_active[index] * layer.step.size
            if index < last:
                behind = layers[index + 1]
                n_active[index + 1] = activate_all(layer.activity, constants, behind.pre, behind.rows)
        output = layers[last]
        winner = find_winner(output.activity)
        predictions[trial] = winner
        if learn and opens(output.activity, winner, labels[trial], gate):
            compute_error(output, labels[trial])
            for index in range(last, 0, -1):
                send_back(layers[index], layers[index - 1], constants.error_slope)
            for index in range(len(layers)):
                rate = constants.learning_rate_output if index == last else constants.learning_rate
                change_layer(layers[index], n_active[index], rate, keys[trial, index])
    if learn:
        for index in range(len(layers)):
            finish(layers[index], images.size)
    return macs


def begin(synapses: SynapseArrays, trial: int) -> None:
    """Set the clock of a layer that learns, and empty its counts of recent writes before they are full."""
    synapses.clock[0] = trial
    if trial % N_RECENT == 0:
        flush(synapses)


def finish(synapses: SynapseArrays, n_trials: int) -> None:
    """Bring what a layer's synapses carry, and its books, up to the end of a chunk."""
    synapses.clock[0] = n_trials
    catch_up_all(synapses)
    flush(synapses)


def opens(output: FloatArray, winner: int, label: int, parameters: NDArray[np.float64]) -> bool:
    """Whether to learn from a trial: without a gate, always."""
    return True


def catch_up_rows(synapses: SynapseArrays, n_rows: int) -> None:
    """``catch_up`` for the active units."""
    for r in range(n_rows):
        catch_up(synapses, synapses.rows[r])


def catch_up_all(synapses: SynapseArrays) -> None:
    """``catch_up`` for all units."""
    for i in range(synapses.pre.size):
        catch_up(synapses, i)


def weigh(synapses: SynapseArrays, n_rows: int) -> None:
    """Add ``pre[i] * weights[i, j]`` to ``activity[j]`` for the active units, in their order."""
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        for j in range(synapses.activity.size):
            synapses.activity[j] += pre * weight_at(synapses, i, j)


def activate_all(activity: FloatArray, constants: Constants, pre: FloatArray, rows: IntArray) -> int:
    """Apply the activation in place, hand it on as ``pre`` and list the units that are on: how many."""
    n_hidden = activity.size
    for j in range(n_hidden):
        activity[j] = activate(activity[j], constants.slope)
        pre[j] = activity[j]
    pre[0 if constants.clamps_first else n_hidden] = 1
    n = 0
    for j in range(pre.size):
        rows[n] = j
        n += pre[j] != 0
    return n


def find_winner(output: FloatArray) -> int:
    """The first unit with the largest output."""
    winner = 0
    for k in range(1, output.size):
        if output[k] > output[winner]:
            winner = k
    return winner


def send_back(layer: SynapseArrays, hidden: SynapseArrays, slope: Any) -> None:
    """Bring the error behind ``layer`` to the hidden units before it, before any weight changes."""
    for j in range(hidden.error.size):
        error = weight_at(layer, j, 0) * layer.error[0]
        for k in range(1, layer.error.size):
            error += weight_at(layer, j, k) * layer.error[k]
        hidden.error[j] = bend(error, hidden.activity[j], slope)


def change_layer(synapses: SynapseArrays, n_rows: int, learning_rate: Any, key: int) -> None:
    """Propose, select, write and book."""
    if synapses.n_plastic == 0:
        return
    for j in range(synapses.step.size):
        synapses.step[j] = learning_rate * synapses.error[j]
    n_rows = keep_plastic(synapses, n_rows)
    select(synapses, n_rows, key)
    close(synapses, n_rows)


def keep_plastic(synapses: SynapseArrays, n_rows: int) -> int:
    """Keep only the active units that have a plastic synapse: how many."""
    n = 0
    for r in range(n_rows):
        i = synapses.rows[r]
        synapses.rows[n] = i
        n += synapses.row_is_plastic[i]
    return n
