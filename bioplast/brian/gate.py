"""The cell that decides in Brian2 whether a trial is learned from."""

from bioplast.plasticity.part import GateForm

_EQUATIONS = """
trial = timestep(t, dt)//n_steps : integer (shared)
step = timestep(t, dt)%n_steps : integer (shared)
winner : integer                            # the class the network answers
total : 1                                   # sum over the classes of exp(reading - highest reading)
certainty = 1/total : 1
is_right = winner == label(trial) : boolean
is_open : boolean
"""


def make_gate_equations(form: GateForm) -> str:
    """The cell's equations for a gate of this form."""
    return _EQUATIONS + "".join(f"{name} : 1 (shared, constant)\n" for name in form.parameters)
