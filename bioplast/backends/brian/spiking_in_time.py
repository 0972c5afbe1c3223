"""A trial of the recurrent network of spiking cells in Brian2, step by step and in the open.

The equations are those of ``models/recurrent.py``. Forward, spikes of inputs and cells reach cells, and cells
reach the readout. Backward, every spike collects at its synapses what a change of them is worth: e-prop
without a trace at any synapse (``bioplast.backends.numeric.recurrent.reference.replay``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bioplast.backends.brian.in_time import BACK, InTime, connect
from bioplast.backends.numeric.recurrent.trial import Errors, Weights
from bioplast.backends.programs.tape import Course

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import NeuronGroup, Synapses

CELLS = """
I : 1                                       # synaptic current
v : 1                                       # membrane
a : 1                                       # adaptation
threshold : 1
z : 1                                       # spike in the step before
wait : 1                                    # steps until the cell may fire
n_spikes : integer
beta : 1 (constant)
alpha : 1 (shared, constant)
alpha_syn : 1 (shared, constant)
rho : 1 (shared, constant)
gain : 1 (shared, constant)
v_thresh : 1 (shared, constant)
subtracted : 1 (shared, constant)
zeroed : 1 (shared, constant)
height : 1 (shared, constant)
pause : 1 (shared, constant)                # from one spike to the next
"""
MOVE = """
v = alpha*v*(1 - zeroed*z) + gain*I - subtracted*z
a = rho*a + z
threshold = v_thresh + beta*a
wait = (wait - 1)*int(wait > 1)
near = 1 - abs(v - threshold)/v_thresh
kept = keep_slope(t_in_timesteps, i, height*near*int(near > 0)*int(wait == 0))
I = alpha_syn*I                             # what is left when the next spikes arrive
z = 0
"""
FIRES = "v > threshold and wait == 0"
FIRE = """
z = 1
wait = pause
n_spikes += 1
marked = keep_fired(t_in_timesteps, i, 1)
"""

CELLS_BACK = f"""{BACK}
q : 1
g : 1
r : 1
worth : 1                                   # of a spike that arrives in this step
later : 1                                   # of one that is sent: it arrives a step later
slope_after : 1                             # in the step that came later in the trial
beta : 1 (constant)
pull : 1                                    # of the rate that is wanted
alpha : 1 (shared, constant)
alpha_syn : 1 (shared, constant)
rho : 1 (shared, constant)
kappa : 1 (shared, constant)
gain : 1 (shared, constant)
zeroed : 1 (shared, constant)
tiny : 1 (shared, constant)
"""
REPLAY = """
q = (g + pull)*slope_after + (rho - slope_after*beta)*q
g = kappa*g + signal(back, i)
slope_after = slope(back, i)
r = slope_after*(g + pull - beta*q) + alpha*(1 - zeroed*fired(back, i))*r
g = g*int(abs(g) > tiny)
later = worth
worth = gain*r + alpha_syn*worth
"""
FIRED = "fired(back, i) > 0"
_FORWARD = ("alpha", "alpha_syn", "rho", "gain", "v_thresh", "subtracted", "zeroed", "height")
_BACKWARD = ("alpha", "alpha_syn", "rho", "kappa", "gain", "zeroed", "tiny")


class SpikingInTime(InTime):
    """Spiking cells; ``own`` is beta, the rise of their thresholds."""

    name = "spiking in time"
    own = "beta"
    counted = "n_spikes"

    def list_courses(self) -> Mapping[str, Course]:
        cells = self.sizes.cells
        return {"fired": Course(cells, np.uint8), "slope": Course(cells, self.dtype)}

    def make_cells(self, common: Mapping[str, Any]) -> NeuronGroup:
        from brian2 import NeuronGroup

        cells = NeuronGroup(self.sizes.cells, CELLS, threshold=FIRES, reset=FIRE, name="cells", **common)
        cells.run_regularly(MOVE, when="groups")
        return cells

    def make_cells_back(self, common: Mapping[str, Any]) -> NeuronGroup:
        from brian2 import NeuronGroup

        cells = NeuronGroup(self.sizes.cells, CELLS_BACK, threshold=FIRED, reset="", name="cells", **common)
        cells.run_regularly(REPLAY, when="groups")
        return cells

    def connect_forward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        # Before cells move they hear what inputs send, and what fired in the step before.
        return [
            connect(inputs, cells, "I_post += w", when="before_groups"),
            connect(cells, cells, "I_post += w", when="before_groups", order=1),
            connect(cells, readout, "y_post += w"),
        ]

    def connect_backward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        return [
            connect(inputs, cells, "w += worth_post"),
            connect(cells, cells, "w += later_post"),
            connect(cells, readout, "w += reach_post"),
        ]

    def give_forward(self, c: Any) -> dict[str, Any]:
        self.tape.arrays["fired"][: self.tape.n_steps] = 0
        return {f"cells.{name}": getattr(c, name) for name in _FORWARD} | {"cells.pause": c.refractory}

    def give_backward(self, c: Any, weights: Weights, errors: Errors) -> dict[str, Any]:
        return {f"cells.{name}": getattr(c, name) for name in _BACKWARD} | {"cells.pull": errors.pull}
