"""``above(theta)``: only changes of at least a fixed size are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.checks import check_positive
from bioplast.plasticity.part import BoolArray, BrianForm, Proposal, Selection


@dataclass(frozen=True)
class Above(Selection):
    r"""Write where :math:`|\Delta w_{ij}| \ge \theta`: purely local, no synapse knows another.

    Parameters
    ----------
    theta : threshold in the unit of the weights, above 0

    Raises
    ------
    RequestError : ``theta`` is not a finite number above 0
    """

    theta: float

    name: ClassVar[str] = "above"
    summary: ClassVar[str] = "changes of at least theta are written; purely local"

    def __post_init__(self) -> None:
        check_positive(self, "theta", self.theta)

    def mask(self, proposal: Proposal) -> BoolArray:
        return np.abs(proposal.delta_w) >= proposal.delta_w.dtype.type(self.theta)

    def brian(self, layer: str, n_plastic: int) -> BrianForm:
        return BrianForm("theta", "abs(delta_w) >= cutoff", {"theta": self.theta})
