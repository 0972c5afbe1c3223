"""The arrays of a layer as kernels take them."""

from __future__ import annotations

import numpy as np

from bioplast.kernels.sorting import STACK_SIZE
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.network import Layer


def make_arrays(
    layer: Layer, parameters: tuple[float, ...] = (), consolidation: tuple[float, ...] = ()
) -> SynapseArrays:
    """The layer's arrays for a kernel, and room for what a trial puts there.

    Parameters
    ----------
    parameters, consolidation : what the selection and the consolidation use in this layer
    """
    n_pre, n_post = layer.weights.shape
    dtype = layer.weights.dtype
    row_is_plastic = np.any(layer.plastic, axis=1)
    rows = np.flatnonzero(row_is_plastic)
    columns = np.flatnonzero(np.any(layer.plastic, axis=0))
    n_plastic = int(layer.plastic.sum())
    has_gaps = n_plastic < rows.size * columns.size
    return SynapseArrays(
        weights=layer.weights,
        m0=layer.books.m0,
        m1=layer.books.m1,
        recent=np.zeros((n_pre, n_post), np.uint8),
        plastic=layer.plastic,
        row_is_plastic=np.asarray(row_is_plastic),
        plastic_rows=rows,
        plastic_columns=columns,
        n_plastic=n_plastic,
        has_gaps=has_gaps,
        plastic_list=np.flatnonzero(layer.plastic) if has_gaps else np.zeros(0, np.int64),
        parameters=np.array(parameters, np.float64),
        memory=layer.carried.get("memory", np.zeros(0)).reshape(-1),  # a view
        # As the reference rounds what it compares with weights and multiplies them by.
        consolidation=np.array(consolidation, dtype).astype(np.float64),
        transient=layer.carried.get("transient", np.zeros((0, 0), dtype)),
        clock=np.zeros(1, np.int64),
        touched=np.zeros(n_pre, np.int64),
        maintenance=np.zeros(1),
        pre=np.zeros(n_pre, dtype),
        rows=np.zeros(n_pre + 1, np.int64),
        step=np.zeros(n_post, dtype),
        error=np.zeros(n_post, dtype),
        activity=np.zeros(n_post, dtype),
        columns=np.zeros(n_post, np.int64),
        high=np.zeros(n_pre, dtype),
        low=np.zeros(n_post, dtype),
        order=np.zeros(n_pre, np.int64),
        stack=np.zeros(STACK_SIZE, np.int64),
        scratch=np.empty(max(n_plastic, n_post), dtype),
        hints=np.zeros(2),
    )
