"""A layer's state in the variables of its Synapses, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.network import Graph, Layer, Population
from bioplast.plasticity import Plasticity

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Synapses


def name_group(population: Population, graph: Graph) -> str:
    """The name of a population's NeuronGroup."""
    return "inputs" if population == graph.input else population.name


def name_synapses(projection: str) -> str:
    """The name of a projection's Synapses object.

    >>> name_synapses("hidden1->hidden2")
    'hidden1_to_hidden2'
    """
    return projection.replace("->", "_to_")


def connect_all(synapses: Synapses, n_pre: int, n_post: int) -> None:
    """Connect the first ``n_pre`` units to the first ``n_post``, so that synapse i * n_post + j is (i, j)."""
    synapses.connect(i=np.repeat(np.arange(n_pre), n_post), j=np.tile(np.arange(n_post), n_pre))


def give_layer(layer: Layer, plasticity: Plasticity, learning_rate: float) -> dict[str, Any]:
    """What the synapses of ``layer`` start from: ``"object.variable"`` to its value."""
    form = plasticity.selection.brian(layer.view)
    values = {
        "w": layer.weights.ravel(),
        "m0": layer.books.m0.ravel(),
        "m1": layer.books.m1.ravel(),
        "plastic": layer.plastic.ravel(),
        "eta": learning_rate,
        **form.parameters,
        **{name: constant.ravel() for name, constant in form.constants.items()},
    }
    if form.memory:
        memory = layer.carried["memory"]
        values[form.memory] = memory.item() if form.memory_per == "layer" else memory.ravel()
    if plasticity.consolidation is not None:
        values |= plasticity.consolidation.brian().parameters
        values["transient"] = layer.carried["transient"].ravel()
    return {f"{name_synapses(layer.name)}.{name}": value for name, value in values.items()}


def name_results(layer: Layer, plasticity: Plasticity) -> list[str]:
    """The variables of the synapses that learning has changed."""
    names = ["w", "m0", "m1"]
    if memory := plasticity.selection.brian(layer.view).memory:
        names.append(memory)
    if plasticity.consolidation is not None:
        names += ["transient", "maintenance"]
    return [f"{name_synapses(layer.name)}.{name}" for name in names]


def take_layer(layer: Layer, plasticity: Plasticity, results: Mapping[str, NDArray[Any]]) -> None:
    """Bring ``layer`` to where the ``results`` of its synapses are."""
    synapses = name_synapses(layer.name)

    def take(array: NDArray[Any], name: str) -> None:
        array[...] = results[f"{synapses}.{name}"].reshape(array.shape)

    take(layer.weights, "w")
    take(layer.books.m0, "m0")
    take(layer.books.m1, "m1")
    if memory := plasticity.selection.brian(layer.view).memory:
        take(layer.carried["memory"], memory)
    if plasticity.consolidation is not None:
        take(layer.carried["transient"], "transient")
        layer.books.maintenance += float(results[f"{synapses}.maintenance"].sum())
