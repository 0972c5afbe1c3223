"""When things happen in a trial, and which cells' synapses they concern.

After an image has been shown a trial has one step for each thing that is done, so that the order inside a
step never matters: the readout is read, errors go back from population to population, changes are proposed,
and written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from bioplast.brian.fragment import Fragment

TIME = """
trial = timestep(t, dt)//n_steps : integer (shared)
step = timestep(t, dt)%n_steps : integer (shared)
"""


def make_phases(read: int, n_hidden: int) -> dict[str, int]:
    """The steps of a trial by name; the last two are a consolidation's.

    Parameters
    ----------
    read : the step at which the readout is read
    n_hidden : number of hidden populations, each of which needs a step to send errors back

    >>> make_phases(20, 1)
    {'START': 0, 'READ': 20, 'FEEDBACK': 21, 'PROPOSE': 22, 'WRITE': 23, 'SETTLE': 24, 'WAIT': 25}
    """
    feedback = read + 1
    propose = feedback + n_hidden
    return {
        "START": 0,
        "READ": read,
        "FEEDBACK": feedback,
        "PROPOSE": propose,
        "WRITE": propose + 1,
        "SETTLE": propose + 2,
        "WAIT": propose + 3,
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
