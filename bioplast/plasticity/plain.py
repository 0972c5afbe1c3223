"""``plain``: every proposed change is written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import write_all
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal, Selection
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Plain(Selection):
    r"""Every proposed change is written: :math:`\Delta w_{ij}` as it is.

    The control that every saving is quoted against.
    """

    name: ClassVar[str] = "plain"
    summary: ClassVar[str] = "every proposed change is written"

    def mask(self, proposal: Proposal) -> BoolArray:
        return np.ones(proposal.delta_w.shape, dtype=bool)

    def brian(self, view: ProjectionView) -> BrianForm:
        # The text of `above`, so that both run in one compiled program.
        return BrianForm("stored(theta)", "abs(delta_w) >= cutoff", {"theta": 0.0}, in_weights=("theta",))

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        return FastForm({"select": select_plain})


def select_plain(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write everything."""
    write_all(synapses, n_rows)
