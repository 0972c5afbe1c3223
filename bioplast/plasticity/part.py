"""The kinds of parts a plasticity declaration is made of, and what they are asked.

A trial passes through them in this order::

    gate -> proposal -> transforms -> path -> selection -> consolidation -> write -> book

A rule is one frozen dataclass in a file of its own. It states its meaning in NumPy, which is the
oracle and all that it needs; and, where it has them, its Brian2 form and its fast form. The networks ask the
rule; they never ask which rule it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.plasticity.forms import BrianForm, ConsolidationForm, DenseForm, FastForm, GateForm
from bioplast.plasticity.projection import BoolArray as BoolArray
from bioplast.plasticity.projection import ProjectionView

if TYPE_CHECKING:
    from bioplast.plasticity.declaration import Plasticity

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Proposal:
    """What one trial would change in one projection.

    Attributes
    ----------
    view : the projection
    delta_w : (n_pre, n_post), proposed changes
    weights : (n_pre, n_post), weights before the change
    error : (n_post,), error of each postsynaptic unit, the slope of its activation included
    activity : (n_post,), its activity
    key : 32 random bits of this trial and layer, for rules that draw
    memory : what the rule carries from trial to trial, if anything, of any shape (``Selection.memory``)
    n_counted : number of synapses that fractions are taken of; the plastic ones if not given
    """

    view: ProjectionView
    delta_w: FloatArray
    weights: FloatArray
    error: FloatArray
    activity: FloatArray
    key: int = 0
    memory: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    n_counted: int | None = None

    @property
    def plastic(self) -> BoolArray:
        """(n_pre, n_post), the synapses on the path."""
        return self.view.plastic


_FORMS = {
    "brian": ("Brian2 form", "rate, spiking and PlasticSynapses"),
    "fast": ("fast form", "perceptron"),
}
RULES: dict[str, type[Part]] = {}  # every rule by its name, as texts have it


@dataclass(frozen=True)
class Part(ABC):
    """One rule of a declaration; parts are put together with ``+``.

    A class with a ``name`` is a rule that texts can name, as soon as its file is imported. ``revision`` is
    raised when the numbers of a rule change: runs from before are then outdated.

    Raises
    ------
    RequestError : another rule has that name, when the class is made
    """

    slot: ClassVar[str]
    name: ClassVar[str]
    summary: ClassVar[str]
    revision: ClassVar[int] = 1
    needs_units: ClassVar[bool] = False  # whether it goes by units, each of which all others reach

    def __init_subclass__(cls) -> None:
        name = vars(cls).get("name")
        if not isinstance(name, str):  # what several rules have in common, or are together
            return
        known = RULES.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise RequestError(
                f"rule: {name!r} is the name of {known.__module__}.{known.__qualname__}; "
                f"{cls.__module__}.{cls.__qualname__} needs another"
            )
        RULES[name] = cls

    def has(self, form: str) -> bool:
        """Whether the rule has its form ``"brian"`` or ``"fast"``, or needs none."""
        kind = next(kind for kind in type(self).__mro__ if "slot" in vars(kind))
        return getattr(kind, form, None) is None or getattr(type(self), form) is not getattr(kind, form)

    def refuse(self, form: str) -> RequestError:
        """What to raise where a form is needed that the rule does not have."""
        title, users = _FORMS[form]
        return RequestError(
            f"rule: {self.name} has no {title} ({form}() in its class), so it does not run in {users}; "
            "every rule runs in ann"
        )

    def dense(self, view: ProjectionView) -> DenseForm | None:
        """The form for changes that any synapse may have; without one the NumPy meaning is run."""
        return None

    def __add__(self, other: Part | Plasticity) -> Plasticity:
        from bioplast.plasticity.declaration import Plasticity

        return Plasticity.of(self) + other


@dataclass(frozen=True)
class Gate(Part):
    """Decides whether a trial is learned from at all."""

    slot: ClassVar[str] = "gate"

    @abstractmethod
    def opens(self, output: FloatArray, label: int) -> bool:
        """Whether to learn from a trial with the outputs ``output`` (n_classes,)."""

    def brian(self) -> GateForm:
        """The Brian2 form."""
        raise self.refuse("brian")

    def fast(self) -> FastForm:
        """The fast form, which replaces ``opens(output, label, parameters)``."""
        raise self.refuse("fast")


@dataclass(frozen=True)
class Transform(Part):
    """Makes another proposal of each, before anything is chosen from it.

    What it carries from trial to trial is its own: books count writes of weights only.
    """

    slot: ClassVar[str] = "transforms"

    def init(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> dict[str, NDArray[Any]]:
        """What it carries before the first trial, as arrays by name."""
        return {}

    @abstractmethod
    def transform(self, proposal: Proposal, state: Mapping[str, NDArray[Any]]) -> FloatArray:
        """The changes that are proposed instead, (n_pre, n_post); moves ``state`` on in place."""

    def brian(self) -> None:
        """The Brian2 form; none is known yet."""
        raise self.refuse("brian")

    def fast(self) -> None:
        """The fast form; none is known yet."""
        raise self.refuse("fast")


@dataclass(frozen=True)
class Path(Part):
    """Decides, once and for all, which synapses may ever change."""

    slot: ClassVar[str] = "path"

    def check_sizes(self, sizes: Mapping[str, int]) -> None:
        """Raise ``RequestError`` if this path cannot be laid through hidden populations of these sizes."""

    @abstractmethod
    def mask(self, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        """Plastic synapses of a projection, (n_pre, n_post)."""


@dataclass(frozen=True)
class Selection(Part):
    """Decides, trial by trial, which of the proposed changes are written."""

    slot: ClassVar[str] = "selection"

    @abstractmethod
    def mask(self, proposal: Proposal) -> BoolArray:
        """Changes to write, (n_pre, n_post); the oracle of the two other forms."""

    def brian(self, view: ProjectionView) -> BrianForm:
        """The Brian2 form for a projection."""
        raise self.refuse("brian")

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        """The fast form for a projection.

        Parameters
        ----------
        view : the projection
        n_counted : number of synapses that fractions are taken of
        """
        raise self.refuse("fast")

    def memory(self, view: ProjectionView) -> NDArray[np.float64]:
        """What the rule carries from trial to trial, before the first one; for most rules nothing.

        Of any shape: (1,) for one value, (n_post,) for one a cell, (n_pre, n_post) for one a synapse.
        """
        return np.zeros(0)

    def remember(self, proposal: Proposal, written: BoolArray) -> None:
        """Move ``proposal.memory`` on in place after a trial that wrote ``written`` (n_pre, n_post)."""


@dataclass(frozen=True)
class Consolidation(Part):
    """Decides when a transient change becomes a lasting one."""

    slot: ClassVar[str] = "consolidation"

    @abstractmethod
    def accumulate(self, transient: FloatArray, delta_w: FloatArray) -> FloatArray:
        """Take one trial's changes into ``transient``, in place; what goes over into the weights.

        All arrays are (n_pre, n_post). What has gone over is transient no longer.
        """

    @abstractmethod
    def decay_step(self, transient: FloatArray) -> float:
        """Let the time of one trial pass over ``transient``, in place; what keeping it has cost."""

    def brian(self) -> ConsolidationForm:
        """The Brian2 form."""
        raise self.refuse("brian")

    def fast(self) -> FastForm:
        """The fast form; see ``cache`` for the functions it replaces."""
        raise self.refuse("fast")
