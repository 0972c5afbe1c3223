"""One layer in one trial, as the fast forms of the rules see it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]


class SynapseArrays(NamedTuple):
    """The arrays of one layer of synapses and what this trial has put into them.

    The proposed change is of rank one: ``change[i, j] = pre[i] * step[j]``.

    Attributes
    ----------
    weights, m0, m1 : (n_pre, n_post), the layer and its books
    recent : (n_pre, n_post), writes that are not in ``m0`` yet: a byte each, as books are slow to reach
    plastic : (n_pre, n_post) bool, the synapses on the path
    row_is_plastic : (n_pre,) bool, whether any synapse from the unit is
    plastic_rows, plastic_columns : units with plastic synapses, by index
    n_plastic : number of plastic synapses
    has_gaps : whether a synapse between a plastic row and a plastic column is not plastic
    plastic_list : (n_plastic,) the plastic synapses, counted row by row; empty if there are no gaps
    parameters : what the selection uses in this layer (``FastForm.parameters``)
    memory : what the selection carries from trial to trial (``Selection.memory``), row by row
    consolidation : what the consolidation uses
    transient : (n_pre, n_post), what the consolidation carries
    clock : (1,), the trial of this chunk
    touched : (n_pre,), trial up to which ``transient`` has been brought, by row
    maintenance : (1,), what keeping transient changes has cost
    pre : (n_pre,), activity of the presynaptic units
    rows : (n_pre,), presynaptic units that are active, by index; the first ``n_rows`` count
    step : (n_post,), learning rate times error of each postsynaptic unit
    error, activity : (n_post,), its error, the slope of its activation included, and its activity
    columns : (n_post,), room for a choice of postsynaptic units
    high, low : (n_pre,) and (n_post,), room for the sorted factors of the change
    order : (n_pre,), room for the places of the rows in that order
    stack : (n,), room for sorting: ``STACK_SIZE`` of ``sorting``
    scratch (n_plastic,), scratch for one number a synapse
    hints : (2,), room for a guess that lasts from trial to trial and shapes no result
    """

    weights: FloatArray
    m0: IntArray
    m1: NDArray[np.float64]
    recent: NDArray[np.uint8]
    plastic: NDArray[np.bool_]
    row_is_plastic: NDArray[np.bool_]
    plastic_rows: IntArray
    plastic_columns: IntArray
    n_plastic: int
    has_gaps: bool
    plastic_list: IntArray
    parameters: NDArray[np.float64]
    memory: NDArray[np.float64]
    consolidation: NDArray[np.float64]
    transient: FloatArray
    clock: IntArray
    touched: IntArray
    maintenance: NDArray[np.float64]
    pre: FloatArray
    rows: IntArray
    step: FloatArray
    error: FloatArray
    activity: FloatArray
    columns: IntArray
    high: FloatArray
    low: FloatArray
    order: IntArray
    stack: IntArray
    scratch: FloatArray
    hints: NDArray[np.float64]
