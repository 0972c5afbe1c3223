"""One layer in one trial, as the fast forms of the rules see it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


class Side(NamedTuple):
    """The arrays of one layer of synapses and what this trial has put into them.

    The proposed change is of rank one: ``change[i, j] = pre[i] * step[j]``.

    Attributes
    ----------
    weights, m0, m1 : (n_pre, n_post), the layer and its books
    plastic : (n_pre, n_post) bool, the synapses on the path
    row_is_plastic : (n_pre,) bool, whether any synapse from the unit is
    has_gaps : whether a synapse from a row with plastic synapses into one of the first ``n_columns``
        units is not plastic, so that ``plastic`` must be asked
    n_columns : units behind it have no plastic synapse
    n_plastic : number of plastic synapses
    pre : (n_pre,), activity of the presynaptic units
    rows : (n_pre,) int64, presynaptic units that are active, by index; the first ``n_rows`` count
    step : (n_post,), learning rate times error of each postsynaptic unit
    error, activity : (n_post,), its error, the slope of its activation included, and its activity
    columns : (n_post,) int64, room for a choice of postsynaptic units
    high, low : (n_pre,) and (n_post,), room for sorting
    """

    weights: FloatArray
    m0: NDArray[np.int64]
    m1: NDArray[np.float64]
    plastic: NDArray[np.bool_]
    row_is_plastic: NDArray[np.bool_]
    has_gaps: bool
    n_columns: int
    n_plastic: int
    pre: FloatArray
    rows: NDArray[np.int64]
    step: FloatArray
    error: FloatArray
    activity: FloatArray
    columns: NDArray[np.int64]
    high: FloatArray
    low: FloatArray
