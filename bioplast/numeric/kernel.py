"""A chunk of trials of the network in one piece of machine code: what ``reference`` means, fast.

Plain functions in Numba's subset of Python. ``read_image`` and ``select`` are the parts that
encodings and rules put in (see ``compiled``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.numeric.encoding import read_pixels as read_image
from bioplast.plasticity.plain import select_plain as select
from bioplast.plasticity.side import Side

FloatArray = NDArray[np.floating[Any]]


class Constants(NamedTuple):
    """``Settings`` in the dtype of the weights."""

    learning_rate: Any
    learning_rate_output: Any
    slope: Any
    error_slope: Any


def run_chunk(
    hidden: Side,
    output: Side,
    hidden_parameters: NDArray[np.float64],
    output_parameters: NDArray[np.float64],
    constants: Constants,
    source: NDArray[Any],
    table: FloatArray,
    images: NDArray[np.int64],
    labels: NDArray[np.int64],
    predictions: NDArray[np.int64],
    learn: bool,
) -> int:
    """Show ``images`` in order and learn from each; the multiply-accumulates of the forward passes."""
    n_hidden, n_outputs = hidden.step.size, output.step.size
    macs = 0
    for trial in range(images.size):
        n_inputs = read_image(source, table, images[trial], hidden.pre, hidden.rows)
        drive(hidden, n_inputs, hidden.activity)
        n_active = rectify(hidden.activity, constants.slope, output.pre, output.rows)
        drive(output, n_active, output.activity)
        macs += n_inputs * n_hidden + n_active * n_outputs
        winner = 0
        for k in range(1, n_outputs):
            if output.activity[k] > output.activity[winner]:
                winner = k
        predictions[trial] = winner
        if not learn:
            continue
        for k in range(n_outputs):
            output.error[k] = -output.activity[k]
        output.error[labels[trial]] += 1
        send_back(output, hidden, constants.error_slope)
        set_steps(hidden, constants.learning_rate)
        set_steps(output, constants.learning_rate_output)
        n_inputs = keep_plastic(hidden, n_inputs)
        n_active = keep_plastic(output, n_active)
        select(hidden, n_inputs, hidden_parameters)
        select(output, n_active, output_parameters)
    return macs


def drive(side: Side, n_rows: int, total: FloatArray) -> None:
    """``total[j]`` = sum of ``pre[i] * weights[i, j]`` over the active units, in their order."""
    total[:] = 0
    for r in range(n_rows):
        i = side.rows[r]
        pre = side.pre[i]
        for j in range(total.size):
            total[j] += pre * side.weights[i, j]


def rectify(activity: FloatArray, slope: Any, pre: FloatArray, rows: NDArray[np.int64]) -> int:
    """Apply the activation in place, hand it on as ``pre`` and list the units that are on: how many."""
    n = 0
    n_hidden = activity.size
    for j in range(n_hidden):
        if activity[j] <= 0:
            activity[j] *= slope
        pre[j] = activity[j]
        rows[n] = j
        n += activity[j] != 0
    pre[n_hidden] = 1
    rows[n] = n_hidden
    return n + 1


def send_back(output: Side, hidden: Side, slope: Any) -> None:
    """Bring the output's error to the hidden units, before any weight changes."""
    for j in range(hidden.error.size):
        error = output.weights[j, 0] * output.error[0]
        for k in range(1, output.error.size):
            error += output.weights[j, k] * output.error[k]
        if hidden.activity[j] <= 0:
            error *= slope
        hidden.error[j] = error


def set_steps(side: Side, learning_rate: Any) -> None:
    """``step`` = learning rate times error."""
    for j in range(side.step.size):
        side.step[j] = learning_rate * side.error[j]


def keep_plastic(side: Side, n_rows: int) -> int:
    """Keep only the active units that have a plastic synapse: how many."""
    n = 0
    for r in range(n_rows):
        i = side.rows[r]
        side.rows[n] = i
        n += side.row_is_plastic[i]
    return n
