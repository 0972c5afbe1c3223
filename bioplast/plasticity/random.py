"""``random(f)``: a random fraction of the changes is written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.kernels.shuffle import IS_DRAWN, draw, draw_one
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import write
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import Share


@dataclass(frozen=True)
class Random(Share):
    """Write a random fraction f of the layer's plastic synapses, drawn anew each trial.

    Drawn are synapses, whether they would change or not.

    Parameters
    ----------
    fraction : f in (0, 1]
    output : f of the output layer in (0, 1]; the same as ``fraction`` if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]

    References
    ----------
    van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553
    """

    name: ClassVar[str] = "random"
    summary: ClassVar[str] = "a random fraction of the changes is written, drawn anew each trial; a control"

    def mask(self, proposal: Proposal) -> BoolArray:
        synapses = np.flatnonzero(proposal.plastic)
        written = np.zeros(proposal.delta_w.shape, bool)
        written.flat[synapses[draw(self.count_written(proposal), synapses.size, proposal.key)]] = True
        return written

    def brian(self, view: ProjectionView) -> BrianForm:
        n_plastic = view.n_plastic
        numbers = np.maximum(np.cumsum(view.plastic) - 1, 0).reshape(view.shape)
        return BrianForm(
            cutoff="n_drawn",
            condition=IS_DRAWN,
            parameters={"n_drawn": self.count(view, n_plastic), "n_things": max(n_plastic, 1)},
            constants={"number": numbers},
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        n_plastic = view.n_plastic
        return FastForm({"select": select_random}, (min(self.count(view, n_counted), n_plastic),))


def select_random(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Draw synapse by synapse; nothing else is touched."""
    for index in range(int(synapses.parameters[0])):
        synapse = draw_one(index, synapses.n_plastic, key)
        if synapses.has_gaps:
            synapse = synapses.plastic_list[synapse]
            i, j = synapse // synapses.step.size, synapse % synapses.step.size
        else:
            n_columns = synapses.plastic_columns.size
            i = synapses.plastic_rows[synapse // n_columns]
            j = synapses.plastic_columns[synapse % n_columns]
        change = synapses.pre[i] * synapses.step[j]
        if change != 0:
            write(synapses, i, j, change)
