"""Putting cells and synapses together to a network that learns, answers and ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Clock, EventMonitor, Network, NeuronGroup, Synapses

from bioplast.brian.fragment import BOOKS_DTYPES, Fragment
from bioplast.brian.gate import make_gate
from bioplast.brian.layers import SYNAPSES
from bioplast.plasticity.part import Gate


def connect_all(synapses: Synapses, n_pre: int, n_post: int) -> None:
    """Connect the first ``n_pre`` units to the first ``n_post``, so that synapse i * n_post + j is (i, j)."""
    synapses.connect(i=np.repeat(np.arange(n_pre), n_post), j=np.tile(np.arange(n_post), n_pre))


def make_layer(
    name: str,
    pre: NeuronGroup,
    post: NeuronGroup,
    n_post: int,
    equations: str,
    rule: Fragment,
    *,
    on_event: Mapping[str, str],
    namespace: Mapping[str, Any],
    clock: Clock,
    on_pre: Mapping[str, str] | None = None,
    on_post: Mapping[str, str] | None = None,
) -> Synapses:
    """The synapses of a layer, which send and learn.

    Parameters
    ----------
    name : of the layer
    pre, post : the cells, of which the first ``n_post`` receive
    rule : what the plasticity adds to the equations and pathways
    equations, on_pre, on_post, on_event, namespace, clock : as Brian2's ``Synapses`` has them
    """
    synapses = Synapses(
        pre,
        post,
        equations + rule.equations,
        on_pre={**(on_pre or {}), **rule.code},
        on_post={**(on_post or {}), **rule.post_code},
        on_event={**on_event, **rule.events},
        dtype=BOOKS_DTYPES,
        name=SYNAPSES[name],
        namespace={**namespace, **rule.functions, "layer_number": list(SYNAPSES).index(name)},
        clock=clock,
    )
    connect_all(synapses, len(pre), n_post)
    rule.attach(synapses)
    return synapses


def complete_network(
    cells: tuple[NeuronGroup, NeuronGroup, NeuronGroup],
    layers: tuple[Synapses, Synapses],
    gate: Gate | None,
    *,
    reading: str,
    on_read: Mapping[str, str],
    **common: Any,
) -> Network:
    """The network of these cells and synapses, and what is the same in all: answers, gate and end.

    Parameters
    ----------
    cells : inputs, hidden and output; the last have the events ``read``, ``feedback`` and ``answer``
    layers : the synapses from inputs to hidden, and from there to output
    gate : the rule that decides whether a trial is learned from
    reading : name of the output's variable whose highest value is the answer
    on_read : what output cells tell each other when they are read, by pathway, one after the other
    common : namespace, with the stimulus functions and ``n_steps``, and clock
    """
    inputs, hidden, output = cells
    answers = EventMonitor(output, "answer", name="answers")
    rivals = Synapses(
        output,
        output,
        on_pre=on_read,
        on_event=dict.fromkeys(on_read, "read"),
        name="rivals",
        **common,
    )
    rivals.connect()
    for number, pathway in enumerate(on_read):
        getattr(rivals, pathway).order = number
    ending = NeuronGroup(1, "over : integer", name="ending", **common)
    ending.run_regularly("over = is_over((timestep(t, dt) + 1)//n_steps)", when="end")
    gating = make_gate(gate, output, (inputs, hidden), reading, **common)
    return Network(*cells, answers, *layers, rivals, *gating, ending)
