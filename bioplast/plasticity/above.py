"""``above(theta)``: only changes of at least a fixed size are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.checks import check_positive
from bioplast.plasticity.part import BoolArray, BrianForm, FastForm, FloatArray, Proposal, Selection
from bioplast.plasticity.side import Side
from bioplast.plasticity.walks import in_dtype, sort_columns, write_from


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

    def fast(self, layer: str, n_plastic: int) -> FastForm:
        return FastForm(select_above, (self.theta,))


def select_above(side: Side, n_rows: int, parameters: FloatArray) -> None:
    """Write from the threshold up."""
    n_columns = sort_columns(side)
    write_from(side, n_rows, n_columns, in_dtype(side, parameters[0]))
