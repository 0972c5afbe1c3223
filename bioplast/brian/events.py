"""When things happen in a trial, and which cells' synapses they concern.

After an image has been shown a trial has one step for each thing that is done, so that the order inside a
step never matters: the output is read, its error sent back, changes proposed, and written.
"""

from __future__ import annotations

from collections.abc import Mapping

from bioplast.brian.fragment import Fragment

TIME = """
trial = timestep(t, dt)//n_steps : integer (shared)
step = timestep(t, dt)%n_steps : integer (shared)
"""


def make_phases(read: int) -> dict[str, int]:
    """The steps of a trial from the one at which the output is read; the last two are a consolidation's."""
    return {
        name: read + number
        for number, name in enumerate(("READ", "FEEDBACK", "PROPOSE", "WRITE", "SETTLE", "WAIT"))
    }


def make_learning_events(rule: Fragment, active: str, if_open: str) -> dict[str, str]:
    """Events of cells whose outgoing synapses learn by ``rule``, and their conditions.

    Parameters
    ----------
    rule : what the plasticity adds to the synapses
    active : condition for a cell to have been active, so that its synapses may change
    if_open : further condition, where a gate may be closed
    """
    conditions = {
        "survey": f"step == PROPOSE and learning == 1{if_open}",
        "propose": f"step == PROPOSE and learning == 1 and {active}{if_open}",
        "write": f"step == WRITE and learning == 1 and {active}{if_open}",
        "wait": "step == WAIT and learning == 1",
    }
    return _choose(conditions, rule)


def make_settling_events(rule: Fragment) -> dict[str, str]:
    """Events of cells whose incoming synapses learn by ``rule``."""
    return _choose({"settle": "step == SETTLE and n_crossing > 0"}, rule)


def _choose(conditions: Mapping[str, str], rule: Fragment) -> dict[str, str]:
    """Those of ``conditions`` that the rule waits for; each costs time at every step."""
    return {event: condition for event, condition in conditions.items() if event in rule.events.values()}
