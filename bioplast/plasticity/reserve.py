"""``reserve(refill)``: a cell writes while it can pay for it, or where its error is large."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import write
from bioplast.plasticity.checks import check_positive, check_probability
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal, Selection
from bioplast.plasticity.projection import ProjectionView

_FULL = 1.0
_NEVER = float(np.finfo(np.float32).max)  # no error is so large


@dataclass(frozen=True)
class Reserve(Selection):
    r"""Each cell has an energy reserve E that writes empty and time refills; it gates all synapses onto it.

    All changes onto cell j are written in a trial in which :math:`E_j > 0` or the cell's error is at least
    ``surprise`` in size; with p the share of its plastic synapses that are written then::

        E <- clip(E + refill - p, -1, 1)

    E starts at 1. Time is counted in the trials that propose a change to the cell. What the gate does not let
    through is lost, as in a memory that decays within a trial. Without surprise at most about the share
    ``refill`` of a cell's synapses is written per trial; surprise writes on credit, which is paid back first.

    Parameters
    ----------
    refill : in [0, 1], what a trial adds to the reserve, in full writes of a cell
    surprise : in the unit of a hidden cell's error, above 0; without it only the reserve decides
    output : the same for cells of the output; as ``surprise`` if not given

    Raises
    ------
    RequestError : a value that is not allowed

    References
    ----------
    Jiang, Foyard & van Rossum 2024, doi:10.1371/journal.pcbi.1012554, whose flies gate lasting memory so.
    There the reserve is one for all, and what is not lasting goes into a memory that decays in days.
    """

    refill: float
    surprise: float | None = None
    output: float | None = None

    name: ClassVar[str] = "reserve"
    summary: ClassVar[str] = "cells write while an energy reserve lasts, or where the error is large"

    def __post_init__(self) -> None:
        check_probability(self, "refill", self.refill)
        for field, value in (("surprise", self.surprise), ("output", self.output)):
            if value is not None:
                check_positive(self, field, value)

    def mask(self, proposal: Proposal) -> BoolArray:
        surprise = proposal.error.dtype.type(self._surprise(proposal.view))
        is_open = (proposal.memory > 0) | (np.abs(proposal.error) >= surprise)
        return np.broadcast_to(is_open, proposal.delta_w.shape).copy()

    def memory(self, view: ProjectionView) -> NDArray[np.float64]:
        return np.full(view.shape[1], _FULL)

    def remember(self, proposal: Proposal, written: BoolArray) -> None:
        changes = proposal.plastic & (proposal.delta_w != 0)
        sees = changes.any(axis=0)
        n_plastic = np.count_nonzero(proposal.plastic, axis=0)[sees]
        spent = np.count_nonzero(changes & written, axis=0)[sees] / n_plastic
        proposal.memory[sees] = np.clip(proposal.memory[sees] + self.refill - spent, -_FULL, _FULL)

    def brian(self, view: ProjectionView) -> BrianForm:
        is_open = "(energy_reserve > 0 or abs(error_post) >= cutoff)"
        return BrianForm(
            cutoff="stored(surprise)",
            condition=is_open,
            parameters={
                "energy_reserve": _FULL,
                "reserve_full": _FULL,
                "refill": self.refill,
                "surprise": self._surprise(view),
            },
            memory="energy_reserve",
            memory_per="neuron",
            memory_next=(
                "clip(energy_reserve + int(n_seen > 0)*refill - reserve_full*n_passed/n_plastic, "
                "-reserve_full, reserve_full)"
            ),
            tallies={
                "n_seen": "int(delta_w != 0*delta_w)",
                "n_passed": f"int(delta_w != 0*delta_w)*int{is_open}",
            },
            # Cells off the path see nothing; their share is then 0, and no 0 / 0.
            constants={"n_plastic": np.maximum(np.count_nonzero(view.plastic, axis=0), 1)},
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        n_plastic = np.count_nonzero(view.plastic, axis=0)
        parameters = (self.refill, self._surprise(view), *n_plastic.tolist())
        return FastForm({"select": select_in_reserve}, parameters)

    def _surprise(self, view: ProjectionView) -> float:
        found = self.output if self.output is not None and view.is_readout else self.surprise
        return _NEVER if found is None else found


def select_in_reserve(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write all changes onto cells that have a reserve or a large error, and let the reserve follow."""
    refill = synapses.parameters[0]
    synapses.low[0] = synapses.parameters[1]
    surprise = synapses.low[0]  # in the dtype of the weights
    for c in range(synapses.plastic_columns.size):
        j = synapses.plastic_columns[c]
        step: Any = synapses.step[j]
        is_open = synapses.memory[j] > 0 or abs(synapses.error[j]) >= surprise
        n, sees = 0, False
        for r in range(n_rows):
            i = synapses.rows[r]
            change = synapses.pre[i] * step
            if change != 0 and (not synapses.has_gaps or synapses.plastic[i, j]):
                sees = True
                if not is_open:
                    break
                write(synapses, i, j, change)
                n += 1
        if sees:
            left = synapses.memory[j] + refill - n / synapses.parameters[2 + j]
            synapses.memory[j] = min(max(left, -1.0), 1.0)
