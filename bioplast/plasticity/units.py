"""What rules have in common that choose units, all of whose synapses are then written."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.ordering import find_largest
from bioplast.kernels.synapse_arrays import FloatArray, SynapseArrays
from bioplast.plasticity.forms import BrianForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import Share


@dataclass(frozen=True)
class UnitShare(Share):
    """A selection of a fraction of the units that have plastic synapses onto them.

    Parameters
    ----------
    fraction : of the hidden units, in (0, 1]
    output : of the output units, in (0, 1]; all of them if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]
    """

    output: float | None = 1.0

    needs_units: ClassVar[bool] = True

    def mask(self, proposal: Proposal) -> BoolArray:
        units = np.flatnonzero(proposal.plastic.any(axis=0))
        chosen = np.zeros(proposal.delta_w.shape[1], bool)
        if units.size:
            chosen[self.choose(proposal, units, self.count(proposal.view, units.size))] = True
        return np.broadcast_to(chosen, proposal.delta_w.shape)

    @abstractmethod
    def choose(self, proposal: Proposal, units: NDArray[np.int64], n_chosen: int) -> NDArray[np.int64]:
        """Those of ``units`` (n_units,) whose synapses are written."""

    def count_units(self, view: ProjectionView) -> int:
        """How many units are chosen when no two are equal."""
        n_units = int(view.plastic.any(axis=0).sum())
        return self.count(view, n_units) if n_units else 0

    def brian_form(self, value: str, view: ProjectionView) -> BrianForm:
        """The Brian2 form of a rule that writes onto the units with the highest ``value``, an expression."""
        # A unit has one representative: its synapse from the unit that is always on, in the last row.
        representatives = np.zeros(view.shape, bool)
        representatives[-1] = view.plastic.any(axis=0)
        return BrianForm(
            cutoff="kth_highest(n_chosen)",
            condition=f"{value} >= cutoff",
            parameters={"n_chosen": self.count_units(view)},
            constants={"representative": representatives},
            competes=True,
            entry=f"entered = enter({value}, representative)",
            enters_off_path=True,  # what represents a unit need not be plastic itself
        )


def choose_highest(values: FloatArray, units: NDArray[np.int64], n_chosen: int) -> NDArray[np.int64]:
    """Those of ``units`` with the ``n_chosen`` highest of ``values`` (n_post,); with ties, more."""
    candidates = values[units]
    return units[candidates >= np.sort(candidates)[-n_chosen]]


def list_highest(synapses: SynapseArrays, n_chosen: int) -> int:
    """Put the units with the highest of ``low`` (n_post,) into ``columns``: how many they are."""
    n_units = synapses.plastic_columns.size
    for c in range(n_units):
        synapses.scratch[c] = synapses.low[synapses.plastic_columns[c]]
    cutoff = find_largest(synapses.scratch, n_units, n_chosen)
    n = 0
    for c in range(n_units):
        j = synapses.plastic_columns[c]
        if synapses.low[j] >= cutoff:
            synapses.columns[n] = j
            n += 1
    return n
