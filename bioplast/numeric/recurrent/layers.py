"""The three layers of synapses of a recurrent network before learning."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.network import Layer
from bioplast.numeric.recurrent.chunk import RATES
from bioplast.plasticity import Plasticity
from bioplast.randomness import make_rng
from bioplast.sizes import Hidden, format_hidden

INTO, AMONG, OUT = "input->recurrent", "recurrent->recurrent", "recurrent->output"


def check_cells(name: str, hidden: Hidden, plasticity: Plasticity) -> int:
    """The number of cells of the network called ``name``.

    Raises
    ------
    RequestError : there are several populations, or the plasticity's path cannot be laid through them
    """
    if not isinstance(hidden, int):
        raise RequestError(f"hidden: {name} has one population of cells, got {format_hidden(hidden)}")
    if plasticity.path is not None:
        plasticity.path.check_layers(hidden)
    return hidden


def make_recurrent_layers(
    seed: int,
    n_inputs: int,
    n_cells: int,
    n_outputs: int,
    *,
    sds: tuple[float, float, float],
    plasticity: Plasticity,
    rate: float = 0.0,
    dtype: DTypeLike = np.float32,
) -> tuple[Layer, Layer, Layer]:
    """Weights from normal distributions around 0, none from a cell to itself, and empty books.

    Drawing happens in float32 for every ``dtype``, so the same seed is the same network.

    Parameters
    ----------
    seed : the run's seed; weights come from its ``weights`` stream, paths from ``masks``
    n_inputs, n_cells, n_outputs : numbers of units
    sds : standard deviations of the weights from input, among cells and to the readout, times the root of the
        number of presynaptic units
    plasticity : its path says which synapses are plastic
    rate : spikes per step that the running means of firing rates begin with
    """
    weights_rng, masks_rng = make_rng(seed, "weights"), make_rng(seed, "masks")
    path = plasticity.path
    shapes = {INTO: (n_inputs, n_cells), AMONG: (n_cells, n_cells), OUT: (n_cells, n_outputs)}
    layers = []
    for (name, shape), sd in zip(shapes.items(), sds, strict=True):
        scale = np.float32(sd / np.sqrt(shape[0]))
        weights = (weights_rng.standard_normal(shape, np.float32) * scale).astype(dtype)
        plastic = np.ones(shape, bool) if path is None else np.array(path.mask(name, shape, masks_rng))
        carried: dict[str, NDArray[Any]] = {}
        if name == AMONG:
            np.fill_diagonal(weights, 0)
            np.fill_diagonal(plastic, False)
            carried[RATES] = np.full(n_cells, rate)
        if (memory := plasticity.selection.memory(name)).size:
            carried["memory"] = memory
        for part in plasticity.transforms:
            carried |= {f"{part.name}.{key}": array for key, array in part.init(shape, weights.dtype).items()}
        if plasticity.consolidation is not None:
            carried["transient"] = np.zeros(shape, dtype)
        layers.append(Layer(name, weights, plastic, Books.open(weights), carried))
    into, among, out = layers
    return into, among, out
