"""Through which weights the output's error goes back to hidden cells.

==============  ===========================  =========================================================
``symmetric``   w_jk                         the synapses themselves, as in backpropagation
``random``      B_jk                         fixed and random: feedback alignment (Lillicrap et al. 2016,
                                             doi:10.1038/ncomms13276)
``sign``        abs(B_jk) sign(w_jk)         of the synapses only the sign (Liao et al. 2016,
                                             doi:10.1609/aaai.v30i1.10279)
``direct``      B_jk, from the output to     fixed and random: direct feedback alignment (Nokland 2016,
                all hidden populations       arXiv:1609.01596); with one hidden population it is ``random``
==============  ===========================  =========================================================

B is drawn once a run from N(0, ``sd_feedback``) and never learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.brian.layers import connect_all, name_synapses
from bioplast.network import Graph
from bioplast.randomness import make_rng

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import NeuronGroup
    from brian2 import Synapses as BrianSynapses

FEEDBACKS = {"symmetric": "effective", "random": "B", "sign": "abs(B)*sign(effective)", "direct": ""}
FEEDBACK_EQUATIONS = "B : 1 (constant)  # feedback weight\n"


def draw_feedback(graph: Graph, kind: str, seed: int, sd: float) -> dict[str, NDArray[np.float32]]:
    """B of a run by the name of its Synapses, (n_pre, n_post), from the readout back."""
    if kind == "symmetric":
        return {}
    rng = make_rng(seed, "feedback")
    if kind == "direct":
        shapes = {name_direct(p.name): (p.size + 1, graph.readout.size) for p in graph.hidden}
    else:
        shapes = {
            name_synapses(p.name): graph.shape(p) for p in graph.projections if p.pre != graph.input.name
        }
    return {
        name: rng.standard_normal(shape, np.float32) * np.float32(sd)
        for name, shape in reversed(shapes.items())
    }


def name_direct(population: str) -> str:
    """The name of the Synapses by which errors come to a population directly."""
    return f"errors_to_{population}"


def send_directly(hidden: NeuronGroup, readout: NeuronGroup, **common: Any) -> BrianSynapses:
    """Synapses by which the errors of the readout come to all cells of a hidden population.

    Parameters
    ----------
    common : namespace and clock
    """
    from brian2 import Synapses as BrianSynapses

    synapses = BrianSynapses(
        hidden,
        readout,
        FEEDBACK_EQUATIONS,
        on_post={"feedback": "error_pre += B*error_post"},
        on_event={"feedback": "feedback"},
        name=name_direct(hidden.name),
        **common,
    )
    connect_all(synapses, len(hidden), len(readout))
    return synapses
