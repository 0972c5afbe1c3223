"""A trial of the leaky rate network in Brian2, step by step and in the open.

The equations are those of ``bioplast.backends.numeric.recurrent.rates``. Every cell sends its rate in each
step. Backward, rates collect at their synapses what a change of them is worth: by e-prop, or with errors
that go back through the synapses among cells too, which is backpropagation through time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import DTypeLike

from bioplast.backends.brian.in_time import BACK, InTime, Sizes, connect
from bioplast.backends.numeric.recurrent.trial import Errors, Weights
from bioplast.backends.programs.tape import Course

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import NeuronGroup, Synapses

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

    def make_cells(self, common: Mapping[str, Any]) -> NeuronGroup:
        from brian2 import NeuronGroup

        cells = NeuronGroup(self.sizes.cells, CELLS, threshold=SENDS, reset="", name="cells", **common)
        cells.run_regularly(MOVE, when="groups")
        return cells

    def make_cells_back(self, common: Mapping[str, Any]) -> NeuronGroup:
        from brian2 import NeuronGroup

        cells = NeuronGroup(self.sizes.cells, CELLS_BACK, threshold=SENDS, reset="", name="cells", **common)
        cells.set_event_schedule("spike", when="start")
        cells.run_regularly(HEAR, when="start")
        cells.run_regularly(REPLAY, when="groups")
        return cells

    def connect_forward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        # Before cells move they hear what inputs send, and what cells sent in the step before.
        return [
            connect(inputs, cells, "impulse_post += count_pre*w", when="before_groups"),
            connect(cells, cells, "drive_post += w*r_pre", when="before_groups"),
            connect(cells, readout, "y_post += share_pre*r_pre*w"),
        ]

    def connect_backward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        send_back = {"model": "w : 1\nweight : 1", "on_post": "worth_pre += weight*later_post"}
        more: dict[str, Any] = send_back if self.through_time else {}
        # Until cells move, `later` is of the step that came after this one.
        among = connect(cells, cells, "w += r_pre*later_post", when="before_groups", **more)
        if self.through_time:
            among.post.when = "before_groups"
        return [
            connect(inputs, cells, "w += count_pre*impulse_post"),
            among,
            connect(cells, readout, "w += share_pre*r_pre*reach_post"),
        ]

    def give_forward(self, c: Any) -> dict[str, Any]:
        return {"cells.share": c.reach}

    def give_backward(self, c: Any, weights: Weights, errors: Errors) -> dict[str, Any]:
        values = {"cells.kappa": c.kappa, "cells.share": c.reach, "cells.tiny": c.tiny}
        return values | ({"cells_to_cells.weight": weights.among.ravel()} if self.through_time else {})
