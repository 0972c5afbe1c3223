"""``strongest(f)``: only the strongest synapses are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.kernels.strength import find_strength
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import weight_at, write
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import Share


@dataclass(frozen=True)
class Strongest(Share):
    r"""Write the fraction f of the layer's plastic synapses with the largest weight, :math:`|w|`.

    The synapses are chosen anew each trial, by their weights before the change.

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

    name: ClassVar[str] = "strongest"
    summary: ClassVar[str] = "the fraction with the largest weights is written; a control"

    def mask(self, proposal: Proposal) -> BoolArray:
        sizes = np.abs(proposal.weights)
        return sizes >= np.sort(sizes[proposal.plastic])[-self.count_written(proposal)]

    def brian(self, view: ProjectionView) -> BrianForm:
        return BrianForm(
            cutoff="kth_largest(n_written)",
            condition="abs(effective) >= cutoff",
            parameters={"n_written": self.count(view, view.n_plastic)},
            competes=True,
            entry="score = effective*int(plastic)\nscore = compete(score)",
            all_compete=True,
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        n_plastic = view.n_plastic
        return FastForm({"select": select_strongest}, (min(self.count(view, n_counted), n_plastic),))


def select_strongest(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Find the weight that makes the cut, among all plastic synapses, and write the active ones."""
    cutoff = find_strength(synapses, int(synapses.parameters[0]))
    for r in range(n_rows):
        i = synapses.rows[r]
        for j in range(synapses.step.size):
            if synapses.plastic[i, j] and abs(weight_at(synapses, i, j)) >= cutoff:
                write(synapses, i, j, synapses.pre[i] * synapses.step[j])
