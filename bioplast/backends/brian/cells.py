"""What a model file says of its cells and synapses: equations, and what happens when in a trial.

Code and conditions may use the steps of a trial by name (``events``): ``START``, ``READ``, ``FEEDBACK`` (of
the population: its error is complete then, and goes back further), ``PROPOSE``, ``WRITE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Quantity

Event = tuple[str, str]  # its condition, and what happens to the cell then


@dataclass(frozen=True)
class Cells:
    """The cells of a population.

    Every population has the steps ``trial`` and ``step``; all but the readout have ``n_active``, which counts
    what its signalling costs, and ``learning``, 1 while the network learns.

    Attributes
    ----------
    equations : variables, with units; ``error`` where errors come back, ``activity`` of all but the input
    active : condition for a cell to have been active, so that its outgoing synapses may change
    threshold, reset, method, dtype : as Brian2's ``NeuronGroup`` has them
    refractory : the same; a number is in ms
    events : ``start`` and others by name. The event ``feedback`` sends the errors of a population back
    each_step : code at every step, before spikes are looked for
    always_on : values of the last unit, which is always on, where they differ from those of the others (0)
    """

    equations: str
    active: str = ""
    threshold: str | None = None
    reset: str | None = None
    refractory: Quantity | float | None = None
    method: str = "exact"
    dtype: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    each_step: tuple[str, ...] = ()
    always_on: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadoutCells(Cells):
    """The cells whose activity is the network's answer; the highest ``reading`` wins.

    Attributes
    ----------
    reading : name of the variable that is compared
    compare : what the cells tell each other at the event ``read``, by pathway, one after the other; in the
        end each has the ``highest`` reading
    """

    reading: str = ""
    compare: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Synapses:
    """The synapses of a projection: how they send, and what change they propose.

    Each has a weight ``w``, a learning rate ``eta``, and ``effective``, the weight as it acts, which is not
    ``w`` where changes are transient at first.

    Attributes
    ----------
    propose : code that sets ``delta_w``
    equations : further variables
    on_pre : what presynaptic events do, as pathway to event and code
    send_error : expression for what each adds to ``error_pre`` at the postsynaptic event ``feedback``;
        ``{weight}`` is the weight by which errors go back. Empty for the first projection
    forget : code for the synapses of active cells where a gate is closed
    """

    propose: str
    equations: str = ""
    on_pre: Mapping[str, Event] = field(default_factory=dict)
    send_error: str = ""
    forget: str = ""
