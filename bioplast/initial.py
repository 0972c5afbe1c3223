"""The layers before learning, shared by all networks that are not made of spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.energy import Books
from bioplast.network import Layer
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import is_output
from bioplast.randomness import make_rng
from bioplast.sizes import Hidden, list_shapes


def make_layers(
    seed: int,
    n_inputs: int,
    hidden: Hidden,
    n_outputs: int,
    *,
    sd_hidden: float,
    sd_output: float,
    plasticity: Plasticity,
    dtype: DTypeLike = np.float32,
    has_bias: bool = True,
) -> tuple[Layer, ...]:
    """Layers with weights from a normal distribution around 0 and empty books, from input to output.

    The last row of each layer holds the biases, drawn like all other weights. Drawing happens in
    float32 for every ``dtype``, so the same seed is the same network.

    Parameters
    ----------
    seed : the run's seed; weights come from its ``weights`` stream, paths from ``masks``
    n_inputs, hidden, n_outputs : numbers of units, the always-on ones not counted; several hidden layers
        are a tuple
    sd_hidden, sd_output : standard deviation of the weights into hidden and output units
    plasticity : its path says which synapses are plastic
    has_bias : whether a unit that is always on reaches the layers behind the first

    Raises
    ------
    RequestError : the path cannot be laid through the hidden layers
    """
    weights_rng, masks_rng = make_rng(seed, "weights"), make_rng(seed, "masks")
    path = plasticity.path
    if path is not None:
        path.check_layers(hidden)
    layers = []
    for name, shape in list_shapes(n_inputs, hidden, n_outputs, has_bias=has_bias).items():
        sd = np.float32(sd_output if is_output(name) else sd_hidden)
        weights = (weights_rng.standard_normal(shape, np.float32) * sd).astype(dtype)
        plastic = np.ones(shape, bool) if path is None else path.mask(name, shape, masks_rng)
        carried: dict[str, NDArray[Any]] = {}
        memory = plasticity.selection.memory(name)
        if memory.size:
            carried["memory"] = memory
        for part in plasticity.transforms:
            state = part.init(shape, weights.dtype)
            carried |= {f"{part.name}.{key}": array for key, array in state.items()}
        if plasticity.consolidation is not None:
            carried["transient"] = np.zeros(shape, dtype)
        layers.append(Layer(name, weights, plastic, Books.open(weights), carried))
    return tuple(layers)
