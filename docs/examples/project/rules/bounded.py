"""A rule of one's own: synapses that cannot grow beyond a bound."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.checks import check_positive
from bioplast.plasticity.part import BoolArray, Proposal, Selection


@dataclass(frozen=True)
class Bounded(Selection):
    """Write the changes after which a weight is still between -bound and bound."""

    bound: float = 0.2

    name: ClassVar[str] = "bounded"
    summary: ClassVar[str] = "changes that leave the weight within bounds are written"

    def __post_init__(self) -> None:
        check_positive(self, "bound", self.bound)

    def mask(self, proposal: Proposal) -> BoolArray:
        return np.abs(proposal.weights + proposal.delta_w) <= self.bound
