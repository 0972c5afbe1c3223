"""The layers of synapses before learning."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.energy import Books
from bioplast.network.graph import Graph
from bioplast.network.state import Layer
from bioplast.plasticity import Plasticity
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.shapes import check_array
from bioplast.randomness import make_rng


def make_layers(
    graph: Graph, seed: int, plasticity: Plasticity, dtype: DTypeLike = np.float32
) -> tuple[Layer, ...]:
    """Layers with weights from a normal distribution around 0 and empty books, one a projection.

    The biases are drawn like all other weights. Drawing happens in float32 for every ``dtype``, so the same
    seed is the same network.

    Parameters
    ----------
    graph : of the network
    seed : the run's seed; weights come from its ``weights`` stream, paths from ``masks``
    plasticity : its path says which synapses are plastic

    Raises
    ------
    RequestError : the path cannot be laid through the hidden populations
    """
    graph.check(plasticity)
    weights_rng, masks_rng = make_rng(seed, "weights"), make_rng(seed, "masks")
    layers = []
    for projection in graph.projections:
        view = graph.view(projection)
        weights = weights_rng.standard_normal(view.shape, np.float32) * np.float32(projection.sd)
        layers.append(open_layer(view, weights.astype(dtype), plasticity, masks_rng))
    return tuple(layers)


def open_layer(
    view: ProjectionView, weights: NDArray[Any], plasticity: Plasticity, rng: np.random.Generator
) -> Layer:
    """A layer that has learned nothing yet, with what its rules carry from trial to trial.

    Parameters
    ----------
    view : the projection
    weights : (n_pre, n_post)
    plasticity : its rules
    rng : for paths

    Raises
    ------
    RequestError : the path gives another shape than the projection has
    """
    plastic = view.plastic
    if plasticity.path is not None:
        plastic = plasticity.path.mask(view, rng)
        check_array(f"mask() of {plasticity.path.name}", plastic, view.shape, bool)
    layer = Layer(view.name, weights, plastic, Books.open(weights), {}, view.depth, view.is_readout)
    memory = plasticity.selection.memory(layer.view)
    if memory.size:
        layer.carried["memory"] = memory
    for part in plasticity.transforms:
        state = part.init(view.shape, weights.dtype)
        layer.carried |= {f"{part.name}.{key}": array for key, array in state.items()}
    if plasticity.consolidation is not None:
        layer.carried["transient"] = np.zeros_like(weights)
    return layer
