"""One trial in time as networks take it, and what they give and are given for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.synapse_arrays import FloatArray


class Trial(NamedTuple):
    """What a network is shown, and what is right.

    Attributes
    ----------
    n_steps : length in steps
    answer_from : the step from which on the readout is the network's answer
    steps, units : (n_events,), input spikes, sorted by step
    label : the class that is right
    series : (n_steps, n_outputs), what the readout is to follow; without rows where a class is asked for
    tolerance : squared error, in units of the series' variance, up to which it counts as followed
    """

    n_steps: int
    answer_from: int
    steps: NDArray[np.int32]
    units: NDArray[np.int32]
    label: int
    series: FloatArray
    tolerance: float


class Weights(NamedTuple):
    """Weights of the layers from input, among cells and to the readout; or gradients, one for each."""

    into: FloatArray
    among: FloatArray
    out: FloatArray


class Errors(NamedTuple):
    """What was wrong, and how cells get to know of it.

    Attributes
    ----------
    readout : (n_steps, n_outputs), the error's derivative by the readout at each step of the answer
    changes : whether it is another at each step
    feedback : (n_cells, n_outputs), weights that bring it to the cells
    pull : (n_cells,), the gradient of what firing rates cost
    signal : (n_cells,), room for the learning signal of a step; on the way back that of the first in the end
    """

    readout: FloatArray
    changes: bool
    feedback: FloatArray
    pull: FloatArray
    signal: FloatArray
