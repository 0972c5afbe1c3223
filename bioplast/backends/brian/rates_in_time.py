"""A trial of the leaky rate network in Brian2, step by step and in the open.

The equations are those of ``bioplast.backends.numeric.recurrent.rates``. Every cell sends its rate in each
step. Backward, rates collect at their synapses what a change of them is worth: by e-prop, or with errors
that go back through the synapses among cells too, which is backpropagation through time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import DTypeLike

from bioplast.backends.brian.in_time import (
    BACK,
    INPUTS,
    INPUTS_BACK,
    READ,
    READOUT,
    READOUT_BACK,
    REPLAY_READOUT,
    FloatArray,
    InTime,
    Sizes,
    connect,
)
from bioplast.backends.programs.tape import Course

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Network

CELLS = """
h : 1
r : 1                                       # rate
impulse : 1                                 # from inputs in this step
drive : 1                                   # from cells, of their rates in the step before
leak : 1 (constant)
share : 1 (shared, constant)                # of what arrives at the readout in a step
"""
MOVE = """
h = leak*h + (1 - leak)*drive + impulse
r = tanh(h)
kept = keep_rate(t_in_timesteps, i, r)
impulse = 0
drive = 0
"""
SENDS = "i >= 0"  # all cells, in each step

CELLS_BACK = f"""{BACK}
r : 1
g : 1
worth : 1                                   # of a change of the rate
impulse : 1                                 # what one that arrives in this step is worth
later : 1                                   # what drive is worth that arrives a step later
leak : 1 (constant)
kappa : 1 (shared, constant)
share : 1 (shared, constant)
tiny : 1 (shared, constant)
"""
HEAR = """
r = rate(back, i)
g = kappa*g + share*signal(back, i)
g = g*int(abs(g) > tiny)
worth = g
"""
REPLAY = """
impulse = (1 - r*r)*worth + leak*impulse
impulse = impulse*int(abs(impulse) > tiny)
later = (1 - leak)*impulse
"""


class RatesInTime(InTime):
    """Leaky rate units; ``own`` is what is left of their state after a step.

    Parameters
    ----------
    through_time : whether errors go back through the synapses among cells
    """

    own = "leak"

    def __init__(self, sizes: Sizes, dtype: DTypeLike, device: str, *, through_time: bool) -> None:
        super().__init__(sizes, dtype, device)
        self.through_time = through_time
        self.name = "rates through time" if through_time else "rates in time"

    def list_courses(self) -> Mapping[str, Course]:
        return {"rate": Course(self.sizes.cells, self.dtype)}

    def assemble_forward(self) -> Network:
        from brian2 import Network, NeuronGroup

        common, (n_inputs, n_cells, n_outputs) = self.share(), self.sizes
        inputs = NeuronGroup(n_inputs, INPUTS, threshold="count > 0", reset="", name="inputs", **common)
        inputs.set_event_schedule("spike", when="start")
        cells = NeuronGroup(n_cells, CELLS, threshold=SENDS, reset="", name="cells", **common)
        cells.run_regularly(MOVE, when="groups")
        readout = NeuronGroup(n_outputs, READOUT, name="readout", **common)
        readout.run_regularly(READ, when="end")
        # Before cells move they hear what inputs send, and what cells sent in the step before.
        synapses = [
            connect(inputs, cells, "impulse_post += count_pre*w", when="before_groups"),
            connect(cells, cells, "drive_post += w*r_pre", when="before_groups"),
            connect(cells, readout, "y_post += share_pre*r_pre*w"),
        ]
        return Network(inputs, cells, readout, *synapses)

    def assemble_backward(self) -> Network:
        from brian2 import Network, NeuronGroup

        common, (n_inputs, n_cells, n_outputs) = self.share(), self.sizes
        inputs = NeuronGroup(n_inputs, INPUTS_BACK, threshold="count > 0", reset="", name="inputs", **common)
        cells = NeuronGroup(n_cells, CELLS_BACK, threshold=SENDS, reset="", name="cells", **common)
        cells.set_event_schedule("spike", when="start")
        cells.run_regularly(HEAR, when="start")
        cells.run_regularly(REPLAY, when="groups")
        readout = NeuronGroup(n_outputs, READOUT_BACK, name="readout", **common)
        readout.run_regularly(REPLAY_READOUT, when="groups")
        # Until cells move, `later` is of the step that came after this one.
        collect = "w += r_pre*later_post"
        if self.through_time:
            model, send_back = "w : 1\nweight : 1", "worth_pre += weight*later_post"
            among = connect(cells, cells, collect, when="before_groups", model=model, on_post=send_back)
            among.post.when = "before_groups"
        else:
            among = connect(cells, cells, collect, when="before_groups")
        into = connect(inputs, cells, "w += count_pre*impulse_post")
        out = connect(cells, readout, "w += share_pre*r_pre*reach_post")
        return Network(inputs, cells, readout, into, among, out)

    def give_forward(self, c: Any) -> dict[str, Any]:
        return {"cells.share": c.reach}

    def give_backward(self, c: Any, w_rec: FloatArray, pull: FloatArray) -> dict[str, Any]:
        values = {"cells.kappa": c.kappa, "cells.share": c.reach, "cells.tiny": c.tiny}
        return values | ({"cells_to_cells.weight": w_rec.ravel()} if self.through_time else {})
