"""Through which weights the output's error goes back to hidden cells.

==============  ===========================  =========================================================
``symmetric``   w_jk                         the synapses themselves, as in backpropagation
``random``      B_jk                         fixed and random: feedback alignment (Lillicrap et al. 2016,
                                             doi:10.1038/ncomms13276)
``sign``        abs(B_jk) sign(w_jk)         of the synapses only the sign (Liao et al. 2016,
                                             doi:10.1609/aaai.v30i1.10279)
``direct``      B_jk, from the output to     fixed and random: direct feedback alignment (Nokland 2016,
                all hidden populations       arXiv:1609.01596); with one hidden population it is ``random``
``learned``     B_jk, which learns           as its forward partner does (Kolen & Pollack 1994,
                                             doi:10.1109/ICNN.1994.374486; Akrout et al. 2019,
                                             arXiv:1904.05391)
==============  ===========================  =========================================================

B is drawn once a run from N(0, ``sd_feedback``). Where it is learned, a synapse and its partner both propose
the same local product, of the activity and the error of the two cells they join, less a part of themselves;
the partner's rule decides for both::

    delta_w_jk = eta r_j error_k - decay w_jk        delta_B_jk = eta r_j error_k - decay B_jk

so that with every write B - w shrinks by ``1 - decay``; a silent cell proposes nothing. Its books are those
of any synapse: a layer of its own, ``output->hidden``, stands in the state, and its writes are part of all
totals. The unit that is always on gets no errors, and no feedback synapse of it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.layers import connect_all, name_synapses
from bioplast.energy import Books
from bioplast.network import Graph, Layer, Projection
from bioplast.randomness import make_rng

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import NeuronGroup
    from brian2 import Synapses as BrianSynapses

_FIXED = "B : 1 (constant)  # feedback weight\n"
_LEARNED = """
B : 1  # feedback weight
B_m0 : integer
B_m1 : 1
"""
FEEDBACK_DTYPES = {"B_m0": np.int64, "B_m1": np.float64}

# After a write of w, which was w_before: B is written where w was.
_FOLLOW = """
B_before = B
B = stored(B_before + (delta_w + feedback_decay*(w_before - B_before))*int(w != w_before and i < N_pre - 1))
B_m0 += int(B != B_before)
B_m1 += abs(float64(B) - float64(B_before))
"""


@dataclass(frozen=True)
class Feedback:
    """A way back.

    Attributes
    ----------
    weight : expression of the weight by which an error passes a synapse; empty if it passes none
    equations : of the synapses with that weight
    decay : what is added to code that proposes ``delta_w``
    follow : what is added to code that writes ``w``
    """

    weight: str
    equations: str = ""
    decay: str = ""
    follow: str = ""

    @property
    def learns(self) -> bool:
        """Whether feedback synapses are plastic."""
        return bool(self.follow)


FEEDBACKS = {
    "symmetric": Feedback("effective"),
    "random": Feedback("B", _FIXED),
    "sign": Feedback("abs(B)*sign(effective)", _FIXED),
    "direct": Feedback(""),
    "learned": Feedback("B", _LEARNED, "\ndelta_w = delta_w - feedback_decay*w", _FOLLOW),
}


def draw_feedback(graph: Graph, kind: str, seed: int, sd: float) -> dict[str, NDArray[np.float32]]:
    """B of a run, as it begins, by the name of its Synapses, (n_pre, n_post), from the readout back."""
    if kind == "symmetric":
        return {}
    rng = make_rng(seed, "feedback")
    if kind == "direct":
        shapes = {name_direct(p.name): (p.size + 1, graph.readout.size) for p in graph.hidden}
    else:
        shapes = {name_synapses(p.name): graph.shape(p) for p in _list_partners(graph)}
    return {
        name: rng.standard_normal(shape, np.float32) * np.float32(sd)
        for name, shape in reversed(shapes.items())
    }


def make_feedback_layers(
    graph: Graph, weights: Mapping[str, NDArray[np.float32]], dtype: str
) -> tuple[Layer, ...]:
    """Feedback synapses that learn, as layers with books: ``output->hidden`` and the like.

    Parameters
    ----------
    weights : as ``draw_feedback`` gives them
    """
    layers = []
    for partner in _list_partners(graph):
        first = np.ascontiguousarray(weights[name_synapses(partner.name)].T.astype(dtype))
        plastic = np.ones(first.shape, bool)
        plastic[:, -1] = False  # onto the unit that is always on
        name = f"{partner.post}->{partner.pre}"
        layers.append(Layer(name, first, plastic, Books.open(first), {}, graph.depths[partner.post]))
    return tuple(layers)


def give_feedback(layer: Layer) -> dict[str, NDArray[Any]]:
    """What the partner's Synapses of ``layer`` start from: ``"object.variable"`` to its value."""
    return {f"{_name_partner(layer)}.{name}": array.T.ravel() for name, array in _list_arrays(layer).items()}


def take_feedback(layer: Layer, results: Mapping[str, NDArray[Any]]) -> None:
    """Bring ``layer`` to where the ``results`` of its partner's Synapses are."""
    for name, array in _list_arrays(layer).items():
        array[...] = results[f"{_name_partner(layer)}.{name}"].reshape(array.shape[::-1]).T


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
        _FIXED,
        on_post={"feedback": "error_pre += B*error_post"},
        on_event={"feedback": "feedback"},
        name=name_direct(hidden.name),
        **common,
    )
    connect_all(synapses, len(hidden), len(readout))
    return synapses


def _list_partners(graph: Graph) -> list[Projection]:
    """The projections by which hidden cells send, each with errors that come back."""
    return [projection for projection in graph.projections if projection.pre != graph.input.name]


def _name_partner(layer: Layer) -> str:
    post, pre = layer.name.split("->")
    return name_synapses(f"{pre}->{post}")


def _list_arrays(layer: Layer) -> dict[str, NDArray[Any]]:
    return {"B": layer.weights, "B_m0": layer.books.m0, "B_m1": layer.books.m1}
