"""``largest_error(f)``: only synapses onto the units with the largest errors are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import write_columns
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.units import UnitShare, choose_highest, list_highest


@dataclass(frozen=True)
class LargestError(UnitShare):
    """All changes onto the fraction of hidden units with the largest error, in size, are written.

    Parameters
    ----------
    fraction : of the hidden units, in (0, 1]
    output : of the output units, in (0, 1]; all of them if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]

    References
    ----------
    van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553
    """

    name: ClassVar[str] = "largest_error"
    summary: ClassVar[str] = "all synapses onto the hidden units with the largest errors are written"

    def choose(self, proposal: Proposal, units: NDArray[np.int64], n_chosen: int) -> NDArray[np.int64]:
        return choose_highest(np.abs(proposal.error), units, n_chosen)

    def brian(self, view: ProjectionView) -> BrianForm:
        return self.brian_form("abs(error_post)", view)

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        return FastForm({"select": select_largest_error}, (self.count_units(view),))


def select_largest_error(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Rank the units that have plastic synapses by the size of their error."""
    for j in range(synapses.step.size):
        synapses.low[j] = abs(synapses.error[j])
    write_columns(synapses, n_rows, list_highest(synapses, int(synapses.parameters[0])))
