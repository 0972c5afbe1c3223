"""``neurons(f)``: only synapses onto randomly drawn units are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.shuffle import IS_DRAWN, draw, draw_one
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import write_columns
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.units import UnitShare


@dataclass(frozen=True)
class Neurons(UnitShare):
    """All changes onto a random fraction of the hidden units, drawn anew each trial, are written.

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

    name: ClassVar[str] = "neurons"
    summary: ClassVar[str] = "all synapses onto randomly drawn hidden units are written"

    def choose(self, proposal: Proposal, units: NDArray[np.int64], n_chosen: int) -> NDArray[np.int64]:
        return units[draw(n_chosen, units.size, proposal.key)]

    def brian(self, view: ProjectionView) -> BrianForm:
        units = view.plastic.any(axis=0)
        numbers = np.maximum(np.cumsum(units) - 1, 0)
        return BrianForm(
            cutoff="n_drawn",
            condition=IS_DRAWN,
            parameters={"n_drawn": self.count_units(view), "n_things": max(int(units.sum()), 1)},
            constants={"number": np.broadcast_to(numbers, view.shape)},
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        return FastForm({"select": select_neurons}, (self.count_units(view),))


def select_neurons(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Draw units one by one."""
    n_units, n_chosen = synapses.plastic_columns.size, int(synapses.parameters[0])
    for index in range(n_chosen):
        synapses.columns[index] = synapses.plastic_columns[draw_one(index, n_units, key)]
    write_columns(synapses, n_rows, n_chosen)
