"""``smallest(f)``: only the fraction with the smallest changes is written."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.dense import DenseArrays, count_share, gather_chosen
from bioplast.kernels.ordering import find_largest
from bioplast.kernels.rank_one import find_cutoff
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import sort_columns, write
from bioplast.plasticity.forms import BrianForm, DenseForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import Share


@dataclass(frozen=True)
class Smallest(Share):
    r"""Write the fraction f of the layer's plastic synapses with the smallest proposed change.

    The control of ``largest``. A change of zero is the smallest there is: where many inputs are
    silent, as in raw MNIST pixels, the fraction can be used up by synapses that would not change.

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

    name: ClassVar[str] = "smallest"
    summary: ClassVar[str] = "the fraction with the smallest changes is written; a control"

    def mask(self, proposal: Proposal) -> BoolArray:
        sizes = np.abs(proposal.delta_w)
        return sizes <= np.sort(sizes[proposal.plastic])[self.count_written(proposal) - 1]

    def brian(self, view: ProjectionView) -> BrianForm:
        n_plastic = view.n_plastic
        return BrianForm(
            cutoff="kth_largest(rank)",
            condition="abs(delta_w) <= cutoff",
            parameters={"rank": n_plastic - self.count(view, n_plastic) + 1},
            competes=True,
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        n_plastic = view.n_plastic
        return FastForm({"select": select_smallest}, (min(self.count(view, n_counted), n_plastic),))

    def dense(self, view: ProjectionView) -> DenseForm:
        return DenseForm(narrow, parameters=(self.find_fraction(view),))


def narrow(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Leave the smallest of the changes that are still chosen."""
    n = gather_chosen(synapses)
    cutoff = find_largest(synapses.scratch, n, n - count_share(parameters[0], n) + 1)
    for i in range(synapses.chosen.shape[0]):
        for j in range(synapses.chosen.shape[1]):
            synapses.chosen[i, j] = synapses.chosen[i, j] and abs(synapses.change[i, j]) <= cutoff


def select_smallest(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """The m-th smallest of n is the (n - m + 1)-th largest."""
    n_columns = sort_columns(synapses)
    cutoff = find_cutoff(synapses, n_rows, n_columns, synapses.n_plastic - int(synapses.parameters[0]) + 1)
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        for c in range(n_columns - 1, -1, -1):
            j = synapses.columns[c]
            change = pre * synapses.step[j]
            if abs(change) > cutoff:
                break
            if not synapses.has_gaps or synapses.plastic[i, j]:
                write(synapses, i, j, change)
