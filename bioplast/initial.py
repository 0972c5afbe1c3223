"""The layers before learning, shared by all networks that are not made of spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.energy import Books
from bioplast.network import HIDDEN_LAYER, OUTPUT_LAYER, Layer
from bioplast.plasticity import Plasticity
from bioplast.randomness import make_rng


def make_layers(
    seed: int,
    n_inputs: int,
    n_hidden: int,
    n_outputs: int,
    *,
    sd_hidden: float,
    sd_output: float,
    plasticity: Plasticity,
    dtype: DTypeLike = np.float32,
    has_bias: bool = True,
) -> tuple[Layer, Layer]:
    """Layers with weights from a normal distribution around 0 and empty books.

    The last row of each layer holds the biases, drawn like all other weights. Drawing happens in
    float32 for every ``dtype``, so the same seed is the same network.

    Parameters
    ----------
    seed : the run's seed; weights come from its ``weights`` stream, paths from ``masks``
    n_inputs, n_hidden, n_outputs : numbers of units, the always-on ones not counted
    sd_hidden, sd_output : standard deviation of the weights into hidden and output units
    plasticity : its path says which synapses are plastic
    has_bias : whether a unit that is always on reaches the output

    Raises
    ------
    RequestError : the path cannot be laid through ``n_hidden`` units
    """
    weights_rng, masks_rng = make_rng(seed, "weights"), make_rng(seed, "masks")
    if plasticity.path is not None:
        plasticity.path.check_layer(n_hidden)
    layers = []
    for name, shape, sd in (
        (HIDDEN_LAYER, (n_inputs + 1, n_hidden), sd_hidden),
        (OUTPUT_LAYER, (n_hidden + has_bias, n_outputs), sd_output),
    ):
        weights = (weights_rng.standard_normal(shape, np.float32) * np.float32(sd)).astype(dtype)
        path = plasticity.path
        plastic = np.ones(shape, bool) if path is None else path.mask(name, shape, masks_rng)
        carried: dict[str, NDArray[Any]] = {}
        memory = plasticity.selection.memory(name)
        if memory.size:
            carried["memory"] = memory
        if plasticity.consolidation is not None:
            carried["transient"] = np.zeros(shape, dtype)
        layers.append(Layer(name, weights, plastic, Books.open(weights), carried))
    return layers[0], layers[1]
