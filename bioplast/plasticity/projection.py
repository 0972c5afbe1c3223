"""What a rule is told of the synapses that it rules: one projection, from a population to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class ProjectionView:
    """A projection as its rules see it.

    Attributes
    ----------
    name : ``"input->hidden"``, ``"hidden1->hidden2"`` and the like
    plastic : (n_pre, n_post), the synapses that may change; all of them while a path is asked for them
    depth : number of projections between the network's input and this one; 0 if its presynaptic units are
        the input
    is_readout : whether its postsynaptic units are the network's readout
    """

    name: str
    plastic: BoolArray
    depth: int = 0
    is_readout: bool = False

    @classmethod
    def whole(
        cls, name: str, shape: tuple[int, int], *, depth: int = 0, is_readout: bool = False
    ) -> ProjectionView:
        """All synapses of a projection of this shape, (n_pre, n_post)."""
        return cls(name, np.ones(shape, bool), depth, is_readout)

    @property
    def shape(self) -> tuple[int, int]:
        """(n_pre, n_post), of its weights."""
        n_pre, n_post = self.plastic.shape
        return n_pre, n_post

    @property
    def is_input(self) -> bool:
        """Whether the presynaptic units are the network's input."""
        return self.depth == 0

    @cached_property
    def n_plastic(self) -> int:
        """Number of synapses that may change."""
        return int(np.count_nonzero(self.plastic))
