"""The graph of a recurrent network, and its layers of synapses before learning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike

from bioplast.backends.numeric.recurrent.chunk import RATES
from bioplast.errors import RequestError
from bioplast.network import Graph, Layer, Population, Projection
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity
from bioplast.sizes import Hidden, format_hidden


def make_recurrent_graph(
    name: str,
    n_inputs: int,
    cells: Hidden,
    n_outputs: int,
    *,
    sds: tuple[float, float, float],
    learning_rate: float,
) -> Graph:
    """Inputs onto cells, cells onto each other a step later, and onto the readout.

    Parameters
    ----------
    name : of the network, for messages
    n_inputs, cells, n_outputs : numbers of units
    sds : standard deviations of the weights from input, among cells and to the readout, times the root of the
        number of presynaptic units
    learning_rate : eta of all projections

    Raises
    ------
    RequestError : there are several populations of cells
    """
    if not isinstance(cells, int):
        raise RequestError(f"hidden: {name} has one population of cells, got {format_hidden(cells)}")
    sizes = {"input": n_inputs, "recurrent": cells, "output": n_outputs}
    ends = (("input", "recurrent", 0), ("recurrent", "recurrent", 1), ("recurrent", "output", 0))
    projections = [
        Projection(
            pre, post, sd / float(np.sqrt(sizes[pre])), learning_rate, has_bias=False, delay_steps=delay
        )
        for (pre, post, delay), sd in zip(ends, sds, strict=True)
    ]
    return Graph(tuple(Population(*pair) for pair in sizes.items()), tuple(projections))


def make_recurrent_layers(
    graph: Graph, seed: int, plasticity: Plasticity, *, rate: float = 0.0, dtype: DTypeLike = np.float32
) -> tuple[Layer, ...]:
    """Weights from normal distributions around 0, none from a cell to itself, and empty books.

    Parameters
    ----------
    graph : as ``make_recurrent_graph`` makes it
    seed : the run's
    plasticity : its path says which synapses are plastic
    rate : spikes per step that the running means of firing rates begin with
    """
    into, among, out = make_layers(graph, seed, plasticity, dtype)
    others = ~np.eye(len(among.weights), dtype=bool)
    for weights in (among.weights, among.books.initial):
        weights *= others
    among.carried[RATES] = np.full(len(among.weights), rate)
    return into, replace(among, plastic=among.plastic & others), out
