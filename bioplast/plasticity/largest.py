"""``largest(f)``: only the fraction with the largest changes is written."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.dense import DenseArrays, choose_from
from bioplast.kernels.dense import find_cutoff as find_dense_cutoff
from bioplast.kernels.ordering import find_largest
from bioplast.kernels.rank_one import find_cutoff, sort_rows
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import sort_columns, write, write_from
from bioplast.plasticity.checks import check_choice
from bioplast.plasticity.forms import BrianForm, DenseForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import Share


@dataclass(frozen=True)
class Largest(Share):
    r"""Write the fraction f of the layer's plastic synapses with the largest proposed change.

    The cutoff :math:`c` is the value at 0-based rank :math:`k = \mathrm{round}((1-f)(n-1))` of the
    ascending :math:`|\Delta w|` of the layer's n plastic synapses, chosen anew each trial; written
    is every :math:`|\Delta w_{ij}| \ge c`, so n - k synapses and, with ties, more: 2 of 5 and 21 of
    100 at f = 0.2. Within each postsynaptic neuron, if asked for: synapses then compete for one
    neuron's proteins.

    Parameters
    ----------
    fraction : f in (0, 1]
    output : f of the output layer in (0, 1]; the same as ``fraction`` if not given
    per : ``"layer"`` or ``"neuron"``

    Raises
    ------
    RequestError : a fraction outside (0, 1], or another word for ``per``

    References
    ----------
    van Rossum & Pache 2024, competitive selection, doi:10.1371/journal.pcbi.1012553
    """

    per: str = "layer"

    name: ClassVar[str] = "largest"
    summary: ClassVar[str] = "the fraction with the largest changes of the layer is written"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self, "per", self.per, ("layer", "neuron"))

    def mask(self, proposal: Proposal) -> BoolArray:
        sizes = np.abs(proposal.delta_w)
        if self.per == "layer":
            candidates = sizes[proposal.plastic]
            return sizes >= np.sort(candidates)[candidates.size - self.count_written(proposal)]
        written = np.zeros(sizes.shape, bool)
        for j in range(sizes.shape[1]):
            candidates = np.sort(sizes[proposal.plastic[:, j], j])
            if candidates.size:
                written[:, j] = (
                    sizes[:, j] >= candidates[candidates.size - self.count(proposal.view, candidates.size)]
                )
        return written

    def brian(self, view: ProjectionView) -> BrianForm:
        if self.per == "layer":
            return BrianForm(
                cutoff="kth_largest(n_written)",
                condition="abs(delta_w) >= cutoff",
                parameters={"n_written": self.count(view, view.n_plastic)},
                competes=True,
            )
        n_written_by_neuron = [self.count(view, int(n)) if n else 0 for n in view.plastic.sum(axis=0)]
        return BrianForm(
            cutoff="0",
            condition="abs(delta_w) >= kth_largest_of(j, n_written_of)",
            constants={"n_written_of": np.broadcast_to(np.array(n_written_by_neuron), view.shape)},
            competes=True,
            entry="delta_w = compete_for(delta_w, j)",
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        if self.per == "layer":
            n_written = min(self.count(view, n_counted), view.n_plastic)
            return FastForm({"select": select_largest}, (n_written,))
        n_written_by_neuron = [self.count(view, int(n)) if n else 0 for n in view.plastic.sum(axis=0)]
        return FastForm({"select": select_largest_of_neurons}, tuple(n_written_by_neuron))

    def dense(self, view: ProjectionView) -> DenseForm | None:
        return DenseForm(narrow, parameters=(self.find_fraction(view),)) if self.per == "layer" else None


def narrow(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Leave the largest of the changes that are still chosen."""
    choose_from(synapses, find_dense_cutoff(synapses, parameters[0]))


def select_largest(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Find the cutoff in the two factors of the change and write from there up."""
    n_columns = sort_columns(synapses)
    n_written = int(synapses.parameters[0])
    cutoff = find_cutoff(synapses, n_rows, n_columns, n_written)
    write_from(synapses, n_rows, n_columns, cutoff, n_written)


def select_largest_of_neurons(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """The same within each unit; without gaps all units share the order of their inputs."""
    if not synapses.has_gaps:
        sort_rows(synapses, n_rows)
    for c in range(synapses.plastic_columns.size):
        j = synapses.plastic_columns[c]
        step = synapses.step[j]
        rank = int(synapses.parameters[j])
        cutoff = abs(step) * 0
        if synapses.has_gaps:
            n = 0
            for r in range(n_rows):
                i = synapses.rows[r]
                if synapses.plastic[i, j]:
                    synapses.scratch[n] = abs(synapses.pre[i] * step)
                    n += 1
            if rank <= n:
                cutoff = find_largest(synapses.scratch, n, rank)
        elif rank <= n_rows:
            cutoff = synapses.high[rank - 1] * abs(step)
        for r in range(n_rows):
            i = synapses.rows[r]
            change = synapses.pre[i] * step
            if abs(change) >= cutoff and (not synapses.has_gaps or synapses.plastic[i, j]):
                write(synapses, i, j, change)
