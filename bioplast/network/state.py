"""What every network has in common: its state between two chunks, and how it is asked to run one.

The last row of each layer of synapses holds the biases: synapses from a unit that is always on. They are
plastic and booked like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bioplast.energy import Books, Energy, Signalling
from bioplast.plasticity import Plasticity
from bioplast.plasticity.projection import ProjectionView
from bioplast.sizes import Hidden
from bioplast.tasks.task import Trials

FloatArray = NDArray[np.floating[Any]]

DTYPES = ("float32", "float64")  # of weights


@dataclass
class Layer:
    """One layer of synapses.

    Attributes
    ----------
    name : ``"input->hidden"``, ``"hidden1->hidden2"``, ``"hidden->output"`` and the like
    weights : (n_pre, n_post), ``weights[i, j]`` from i to j
    plastic : (n_pre, n_post) bool, the synapses on the path
    books : what its plasticity has cost
    carried : what rules carry from trial to trial, as named arrays: ``memory`` of a selection, of any shape,
        ``transient`` (n_pre, n_post), changes that a consolidation has not yet written, and what transforms
        have, ``momentum.velocity`` and the like
    depth : number of layers of synapses between the input and this one
    is_readout : whether its postsynaptic units are the output
    """

    name: str
    weights: FloatArray
    plastic: NDArray[np.bool_]
    books: Books
    carried: dict[str, NDArray[Any]] = field(default_factory=dict)
    depth: int = 0
    is_readout: bool = False

    @cached_property
    def view(self) -> ProjectionView:
        """What its rules are told of it."""
        return ProjectionView(self.name, self.plastic, self.depth, self.is_readout)

    @property
    def effective(self) -> FloatArray:
        """(n_pre, n_post), the weights as they act: what is written and what is transient."""
        transient = self.carried.get("transient")
        return self.weights if transient is None else self.weights + transient

    def consolidate(self) -> None:
        """Write and book what is still transient."""
        transient = self.carried.get("transient")
        if transient is not None:
            before = self.weights.copy()
            self.weights += transient
            self.books.record(before, self.weights)
            transient[:] = 0


@dataclass
class State:
    """Everything a network carries from one chunk of trials to the next.

    Attributes
    ----------
    seed : the run's seed
    layers : the layers of synapses
    trial : number of trials learned from so far
    """

    seed: int
    layers: tuple[Layer, ...]
    trial: int = 0

    @property
    def energies(self) -> dict[str, Energy]:
        """What plasticity has cost so far, by layer."""
        return {layer.name: layer.books.balance(layer.weights) for layer in self.layers}

    def consolidate(self) -> None:
        """End learning: what is still transient is written and booked."""
        for layer in self.layers:
            layer.consolidate()

    @property
    def is_finite(self) -> bool:
        """Whether every weight is still a number."""
        return all(bool(np.isfinite(layer.weights).all()) for layer in self.layers)


@dataclass(frozen=True)
class Outcome:
    """What a chunk of trials gave.

    Attributes
    ----------
    predictions : (n_trials,) int64, the class with the largest output, before learning from the trial
    signalling : signalling counts over the chunk
    """

    predictions: NDArray[np.int64]
    signalling: Signalling


class Model(Protocol):
    """What the training loop asks of a network."""

    name: str
    backend: str  # what computes it, a name in ``bioplast.training.revisions.REVISIONS``
    n_hidden: Hidden
    plasticity: Plasticity
    build_seconds: float  # spent on generating and compiling code so far
    # One that multiplies its learning rates by ``Trials.rate`` says so by has_rates = True.

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting that shapes the numbers of a run, as JSON values; part of a run's key."""

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``.

        Raises
        ------
        RequestError : there is no such setting, or the value is not allowed
        """

    def initial_state(self, seed: int) -> State:
        """Weights before learning and empty books."""

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
