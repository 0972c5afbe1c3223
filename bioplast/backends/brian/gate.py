"""The cell that decides in Brian2 whether a trial is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2 import NeuronGroup, Synapses, linked_var

from bioplast.backends.brian.events import TIME
from bioplast.brian.fragment import make_float64
from bioplast.plasticity.part import Gate

_EQUATIONS = """
winner : integer                            # the class the network answers
total : 1                                   # sum over the classes of exp(reading - highest reading)
certainty = 1/total : 1
is_right = winner == label(trial) : boolean
is_open : boolean
"""


def make_gate(
    gate: Gate | None, output: NeuronGroup, targets: Sequence[NeuronGroup], reading: str, **common: Any
) -> list[Any]:
    """The cell that opens and closes the gate, and its synapses; nothing if there is no gate.

    Parameters
    ----------
    gate : the rule
    output : cells with the events ``feedback`` and ``answer``, the variable named in ``reading`` and its
        ``highest``
    targets : groups whose ``is_open`` is linked to the cell's
    common : namespace and clock
    """
    if gate is None:
        return []
    form = gate.brian()
    cell = NeuronGroup(
        1,
        TIME + _EQUATIONS + "".join(f"{name} : 1 (shared, constant)\n" for name in form.parameters),
        events={"onset": "step == 0", "close": "step == FEEDBACK"},
        dtype={"total": np.float64},
        name="gate",
        **common,
    )
    cell.run_on_event("onset", f"winner = {output.N}; total = 0", when="before_synapses")
    cell.run_on_event("close", f"is_open = {form.opens}", when="after_synapses")
    answers = Synapses(
        output,
        cell,
        on_pre={
            "sum": f"total_post += exp(float64({reading}_pre) - float64(highest_pre))",
            # Of several that are equal the first one is the answer.
            "answer": "winner_post = clip(i, 0, winner_post)",
        },
        on_event={"sum": "feedback", "answer": "answer"},
        name="output_to_gate",
        namespace={**common["namespace"], "float64": make_float64()},
        clock=common["clock"],
    )
    answers.connect()
    for group in targets:
        group.is_open = linked_var(cell, "is_open")
    return [cell, answers]
