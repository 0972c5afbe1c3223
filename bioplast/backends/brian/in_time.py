"""A trial of the recurrent network of spiking cells as two Brian2 networks, forward and backward.

The equations of ``models/recurrent.py``, step by step and in the open. Forward, spikes of inputs and cells
reach cells, and cells reach the readout. Backward, a second network replays the trial from its end, and every
spike collects at its synapses what a change of them is worth: e-prop without a trace at any synapse
(``bioplast.backends.numeric.recurrent.reference.replay``). What passes from one to the other lies on a tape
(``bioplast.backends.programs.tape``); all constants are arguments.
"""

from __future__ import annotations

from typing import Any

from brian2 import Clock, Network, NeuronGroup, Synapses, ms, prefs

from bioplast.backends.brian.layers import connect_all
from bioplast.backends.brian.trials import Sizes
from bioplast.backends.programs.tape import Tape

SHOWN = """
count = shown(t_in_timesteps, i) : integer
"""
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
READOUT = """
y : 1
kappa : 1 (shared, constant)
n_steps : integer (shared, constant)
over : integer
"""
READ = """
kept = keep_output(t_in_timesteps, i, y)
y = kappa*y
over = end_after(t_in_timesteps, n_steps)
"""

BACK = """
n_steps : integer (shared, constant)
back = n_steps - 1 - t_in_timesteps : integer (shared)
"""
SHOWN_BACK = (
    BACK
    + """
count = shown(back, i) : integer
"""
)
# One step back in time; `psi_after` is that of the step which came later in the trial.
CELLS_BACK = (
    BACK
    + """
q : 1
g : 1
r : 1
worth : 1                                   # of a spike that arrives in this step
later : 1                                   # of one that is sent: it arrives a step later
psi_after : 1
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
)
REPLAY = """
q = (g + pull)*psi_after + (rho - psi_after*beta)*q
g = kappa*g + signal(back, i)
psi_after = slope(back, i)
r = psi_after*(g + pull - beta*q) + alpha*(1 - zeroed*fired(back, i))*r
g = g*int(abs(g) > tiny)
later = worth
worth = gain*r + alpha_syn*worth
"""
READOUT_BACK = (
    BACK
    + """
reach : 1
kappa : 1 (shared, constant)
over : integer
"""
)
REPLAY_OUTPUT = """
reach = kappa*reach + error(back, i)
over = end_after(t_in_timesteps, n_steps)
"""


def assemble_forward(sizes: Sizes, tape: Tape) -> Network:
    """The network that is shown a trial, and leaves slopes, spikes and readout on the tape."""
    common = begin(tape)
    inputs = NeuronGroup(sizes.inputs, SHOWN, threshold="count > 0", reset="", name="inputs", **common)
    inputs.set_event_schedule("spike", when="start")
    cells = NeuronGroup(sizes.cells, CELLS, threshold=FIRES, reset=FIRE, name="cells", **common)
    cells.run_regularly(MOVE, when="groups")
    readout = NeuronGroup(sizes.outputs, READOUT, name="readout", **common)
    readout.run_regularly(READ, when="end")
    # Cells hear what fired in the step before until they move.
    synapses = [
        connect(inputs, cells, "I_post += w", "before_groups", 0),
        connect(cells, cells, "I_post += w", "before_groups", 1),
        connect(cells, readout, "y_post += w", "synapses", 0),
    ]
    return Network(inputs, cells, readout, *synapses)


def assemble_backward(sizes: Sizes, tape: Tape) -> Network:
    """The network that replays what lies on the tape; its weights are the gradients."""
    common = begin(tape)
    inputs = NeuronGroup(sizes.inputs, SHOWN_BACK, threshold="count > 0", reset="", name="inputs", **common)
    cells = NeuronGroup(sizes.cells, CELLS_BACK, threshold="fired(back, i) > 0", reset="", name="cells", **common)
    cells.run_regularly(REPLAY, when="groups")
    readout = NeuronGroup(sizes.outputs, READOUT_BACK, name="readout", **common)
    readout.run_regularly(REPLAY_OUTPUT, when="groups")
    synapses = [
        connect(inputs, cells, "w += worth_post"),
        connect(cells, cells, "w += later_post"),
        connect(cells, readout, "w += reach_post"),
    ]
    return Network(inputs, cells, readout, *synapses)


def begin(tape: Tape) -> dict[str, Any]:
    """What all objects of a network share; its code is to compute what it says, rounded as it stands."""
    prefs.codegen.loop_invariant_optimisations = False  # until the workspace is left
    return {"namespace": tape.make_functions(), "clock": Clock(1 * ms, name="clock")}


def connect(source: Any, target: Any, on_pre: str, when: str = "synapses", order: int = 0) -> Synapses:
    """Synapses from all to all with a number ``w`` each, which hear spikes at once."""
    name = f"{source.name}_to_{target.name}"
    synapses = Synapses(source, target, "w : 1", on_pre=on_pre, clock=source.clock, name=name)
    synapses.pre.when, synapses.pre.order = when, order
    connect_all(synapses, source.N, target.N)
    return synapses
