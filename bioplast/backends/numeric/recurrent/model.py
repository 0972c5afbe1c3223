"""What the recurrent networks have in common: from their constants to a run."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.recurrent.chunk import Dynamics, TimedChunks
from bioplast.backends.numeric.recurrent.layers import make_recurrent_graph, make_recurrent_layers
from bioplast.changes import check_changes
from bioplast.network import DTYPES, Graph, Outcome, State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.randomness import make_rng
from bioplast.sizes import Hidden
from bioplast.tasks.task import Trials


@dataclass
class RecurrentModel(ABC):
    """Inputs, cells that reach each other, and a readout.

    Parameters
    ----------
    n_inputs, n_outputs, n_hidden : numbers of units
    plasticity : what may change
    cells : constants, a frozen dataclass
    dtype : of the weights

    Raises
    ------
    RequestError : the plasticity's path cannot be laid through the cells, or a setting is not allowed
    """

    n_inputs: int
    n_outputs: int
    n_hidden: Hidden
    plasticity: Plasticity
    cells: Any
    dtype: str = "float32"
    build_seconds: float = field(default=0.0, init=False)

    name: ClassVar[str]
    backend: ClassVar[str] = "recurrent"

    def __post_init__(self) -> None:
        check_choice(self, "dtype", self.dtype, DTYPES)
        self.graph.check(self.plasticity)
        self._chunks = TimedChunks(self.plasticity)

    @property
    def first_rate(self) -> float:
        """Spikes per step that running means of firing rates begin with."""
        return 0.0

    @abstractmethod
    def make_dynamics(self, seed: int) -> Dynamics:
        """What a chunk of trials is computed by, in a run with this seed."""

    @property
    def graph(self) -> Graph:
        """Populations and projections."""
        cells = self.cells
        return make_recurrent_graph(
            self.name,
            self.n_inputs,
            self.n_hidden,
            self.n_outputs,
            sds=(cells.weight_input, cells.weight_recurrent, cells.weight_output),
            learning_rate=cells.learning_rate,
        )

    @property
    def n_cells(self) -> int:
        """Number of cells that reach each other."""
        return self.graph["recurrent"].size

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every constant that shapes the numbers of a run."""
        return {**dataclasses.asdict(self.cells), "dtype": self.dtype}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``."""
        checked = check_changes(self.name, self.settings, changes)
        dtype = checked.pop("dtype", self.dtype)
        return dataclasses.replace(self, cells=dataclasses.replace(self.cells, **checked), dtype=dtype)

    def initial_state(self, seed: int) -> State:
        """Weights before learning and empty books."""
        layers = make_recurrent_layers(
            self.graph, seed, self.plasticity, rate=self.first_rate, dtype=self.dtype
        )
        return State(seed, layers)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show ``trials`` in order; with ``learn`` the state moves on in place."""
        outcome = self._chunks.present(state, trials, self.make_dynamics(state.seed), learn=learn)
        self.build_seconds = self._chunks.build_seconds
        return outcome

    def draw_feedback(self, seed: int) -> NDArray[Any] | None:
        """Fixed weights (n_cells, n_outputs) that bring errors back; None where those of the readout do.

        Drawing happens in float32 for every ``dtype``.
        """
        if self.cells.feedback != "random":
            return None
        drawn = make_rng(seed, "feedback").standard_normal((self.n_cells, self.n_outputs), np.float32)
        return (drawn * np.float32(self.cells.feedback_sd)).astype(self.dtype)
