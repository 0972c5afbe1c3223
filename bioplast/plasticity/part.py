"""The four kinds of parts a plasticity declaration is made of, and what they are asked.

A trial passes through them in this order::

    gate -> proposal -> path -> selection -> consolidation -> write -> book

A rule is one frozen dataclass in a file of its own. It states its meaning in NumPy, which is the
oracle; its Brian2 form; and, where it has one, its fast form. The networks ask the rule; they never
ask which rule it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bioplast.plasticity.declaration import Plasticity

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Proposal:
    """What one trial would change in one layer.

    Attributes
    ----------
    layer : ``"input->hidden"`` or ``"hidden->output"``
    delta_w : (n_pre, n_post), proposed changes
    weights : (n_pre, n_post), weights before the change
    plastic : (n_pre, n_post), the synapses on the path
    error : (n_post,), error of each postsynaptic unit, the slope of its activation included
    activity : (n_post,), its activity
    key : 32 random bits of this trial and layer, for rules that draw
    """

    layer: str
    delta_w: FloatArray
    weights: FloatArray
    plastic: BoolArray
    error: FloatArray
    activity: FloatArray
    key: int = 0


@dataclass(frozen=True)
class BrianForm:
    """How a selection lives on Brian2 synapses.

    Attributes
    ----------
    cutoff : expression for ``cutoff``, one number for all synapses of the layer
    condition : which proposed changes are written, in terms of ``delta_w``, ``w``, ``cutoff``
    parameters : the values the two expressions use; they are run-time arguments of a compiled
        program, so two rules with the same text share one program
    competes : whether the cutoff depends on all changes of the layer, which are then proposed one
        step before they are written
    """

    cutoff: str
    condition: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    competes: bool = False


@dataclass(frozen=True)
class FastForm:
    """How a selection runs fast.

    Attributes
    ----------
    select : ``select(side, n_rows, parameters)`` writes what one trial changes in one layer: a plain
        function in Numba's subset of Python (see ``side`` and ``walks``), the same for all layers
    parameters : the values it uses in this layer; they are no part of the machine code
    """

    select: Callable[..., None]
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True)
class Part(ABC):
    """One rule of a declaration; parts are put together with ``+``."""

    slot: ClassVar[str]
    name: ClassVar[str]
    summary: ClassVar[str]

    def __add__(self, other: Part | Plasticity) -> Plasticity:
        from bioplast.plasticity.declaration import Plasticity

        return Plasticity.of(self) + other


@dataclass(frozen=True)
class Gate(Part):
    """Decides whether a trial is learned from at all."""

    slot: ClassVar[str] = "gate"


@dataclass(frozen=True)
class Path(Part):
    """Decides, once and for all, which synapses may ever change."""

    slot: ClassVar[str] = "path"

    def check_layer(self, n_hidden: int) -> None:
        """Raise ``RequestError`` if this path cannot be laid through ``n_hidden`` units."""

    @abstractmethod
    def mask(self, layer: str, shape: tuple[int, int], rng: np.random.Generator) -> BoolArray:
        """Plastic synapses of one layer, (n_pre, n_post)."""


@dataclass(frozen=True)
class Selection(Part):
    """Decides, trial by trial, which of the proposed changes are written."""

    slot: ClassVar[str] = "selection"

    @abstractmethod
    def mask(self, proposal: Proposal) -> BoolArray:
        """Changes to write, (n_pre, n_post); the oracle of the two other forms."""

    @abstractmethod
    def brian(self, layer: str, n_plastic: int) -> BrianForm:
        """The Brian2 form for a layer with ``n_plastic`` plastic synapses."""

    @abstractmethod
    def fast(self, layer: str, n_plastic: int) -> FastForm:
        """The fast form for a layer with ``n_plastic`` plastic synapses."""


@dataclass(frozen=True)
class Consolidation(Part):
    """Decides when a transient change becomes a lasting one."""

    slot: ClassVar[str] = "consolidation"


def is_output(layer: str) -> bool:
    """Whether the layer's postsynaptic units are the network's output."""
    return layer.endswith("->output")
