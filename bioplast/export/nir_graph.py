"""The spiking network in the Neuromorphic Intermediate Representation.

NIR: Pedersen et al. 2024, doi:10.1038/s41467-024-52259-9. Its cells are::

    tau dv/dt = v_leak - v + R I        v > v_threshold: spike, v = v_reset

A spike is to come as a current of 1 that lasts a time step dt: then R = tau/dt makes it move v by its weight,
as it does here. The input has a unit more, the last, which spikes as a white pixel does; so has each hidden
population, whose last cell is driven by v_leak. NIR has no word for cells that are reset by subtraction,
v -= v_threshold, as they are here. The readout is the mean of the output's v over the trial, or the number of
its spikes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bioplast.errors import RequestError
from bioplast.export.optional import need
from bioplast.training.trained import Trained

RESET = "subtraction"  # of the threshold; in the metadata of the graph


def make_nir(trained: Trained) -> Any:
    """The ``nir.NIRGraph`` of a trained spiking network.

    Raises
    ------
    RequestError : nir is not installed, or the network is another or has refractory cells
    """
    nir = need("nir", "nir")
    model: Any = trained.setup.model
    if model.name != "spiking":
        raise RequestError(f"nir: only the spiking network can be exported, got {model.name}")
    if model.tau_refrac_ms > 0:
        raise RequestError(f"nir: has no refractory cells, and tau_refrac_ms is {model.tau_refrac_ms:g}")
    tau, step = model.tau_m_ms / 1000, model.time_step_ms / 1000
    layers = trained.state.layers
    nodes: dict[str, Any] = {"input": nir.Input({"input": np.array([layers[0].weights.shape[0]])})}
    edges = []
    previous = "input"
    for layer, population in zip(layers, (*model.graph.hidden, model.graph.readout), strict=True):
        is_last = population == model.graph.readout
        n_cells = population.size + (not is_last)
        weights = np.zeros((n_cells, layer.weights.shape[0]))  # (n_post, n_pre), as NIR has them
        weights[: population.size] = layer.effective.T
        leak = np.zeros(n_cells)
        if not is_last:
            leak[-1] = 2 * model.v_thresh
        cells = {"tau": np.full(n_cells, tau), "r": np.full(n_cells, tau / step), "v_leak": leak}
        if is_last and model.readout == "membrane":
            nodes[population.name] = nir.LI(**cells)
        else:
            nodes[population.name] = nir.LIF(**cells, v_threshold=np.full(n_cells, float(model.v_thresh)))
        synapses = f"{previous}_to_{population.name}"
        nodes[synapses] = nir.Linear(weights)
        edges += [(previous, synapses), (synapses, population.name)]
        previous = population.name
    nodes["result"] = nir.Output({"output": np.array([model.graph.readout.size])})
    edges.append((previous, "result"))
    graph = nir.NIRGraph(nodes, edges)
    graph.metadata = {"time_step": step, "reset": RESET, "steps": model.n_stimulus}
    return graph


def write_nir(trained: Trained, path: Path) -> None:
    """The graph as an HDF5 file, as ``nir.read`` reads it."""
    graph = make_nir(trained)
    need("nir", "nir").write(path, graph)
