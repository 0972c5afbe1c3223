"""Thresholds that follow the share of changes that pass them: one a layer, one a cell or one a synapse.

A threshold follows what its owner sees. With p the share of the owner's plastic synapses that a trial wrote
and f the share that is wanted::

    layer             theta <- theta * (1 + rate * clip(p / f - 1, -1, 1))
    cell, synapse     theta <- theta * (1 + rate * (p / f - 1))

Of one synapse p is 0 or 1. Cells and synapses see the trials that propose a change to them; in all others
their threshold stays. Over many of the trials that it sees, about f of a cell's or a synapse's changes pass,
the closer the smaller ``rate / f``. A layer's threshold does not move by more than the part ``rate`` a trial,
so that one odd trial matters little.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.rank_one import sort_rows
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import in_dtype, sort_columns, write, write_from
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal
from bioplast.plasticity.projection import ProjectionView

Thetas = NDArray[np.float64]


class Thresholds(ABC):
    """What thresholds of one kind do; ``target`` and ``rate`` are f and the rate of a layer."""

    @abstractmethod
    def shape(self, view: ProjectionView) -> tuple[int, ...]:
        """Shape of the thresholds of a projection."""

    @abstractmethod
    def follow(
        self, thetas: Thetas, proposal: Proposal, written: BoolArray, target: float, rate: float
    ) -> None:
        """Move ``thetas`` on in place after a trial that wrote ``written``."""

    @abstractmethod
    def brian(self, theta: float, target: float, rate: float, view: ProjectionView) -> BrianForm:
        """The Brian2 form of a selection with such thresholds."""

    @abstractmethod
    def fast(self, target: float, rate: float, view: ProjectionView) -> FastForm:
        """Its fast form."""


class OfLayer(Thresholds):
    """One for all synapses: each needs to know how many others were written."""

    def shape(self, view: ProjectionView) -> tuple[int, ...]:
        return (1,)

    def follow(
        self, thetas: Thetas, proposal: Proposal, written: BoolArray, target: float, rate: float
    ) -> None:
        share = np.count_nonzero(written) / np.count_nonzero(proposal.plastic)
        thetas[0] *= 1 + rate * min(max(share / target - 1, -1.0), 1.0)

    def brian(self, theta: float, target: float, rate: float, view: ProjectionView) -> BrianForm:
        return BrianForm(
            cutoff="in_force(theta)",
            condition="abs(delta_w) >= cutoff",
            parameters={"theta": theta, "target": target, "rate": rate, "n_plastic": view.n_plastic},
            competes=True,
            memory="theta",
            memory_next="adapted(theta, target, rate, n_plastic)",
            in_weights=("theta",),
        )

    def fast(self, target: float, rate: float, view: ProjectionView) -> FastForm:
        return FastForm({"select": select_above_layer}, (target, rate))


class OfNeuron(Thresholds):
    """One for all synapses onto a cell: a cell needs to know how many of its own were written."""

    def shape(self, view: ProjectionView) -> tuple[int, ...]:
        return view.shape[1:]

    def follow(
        self, thetas: Thetas, proposal: Proposal, written: BoolArray, target: float, rate: float
    ) -> None:
        sees = np.any(proposal.plastic & (proposal.delta_w != 0), axis=0)
        n_plastic = np.count_nonzero(proposal.plastic, axis=0)[sees]
        share = np.count_nonzero(written, axis=0)[sees] / n_plastic
        thetas[sees] *= 1 + rate * (share / target - 1)

    def brian(self, theta: float, target: float, rate: float, view: ProjectionView) -> BrianForm:
        return BrianForm(
            cutoff="stored(theta)",
            condition="abs(delta_w) >= cutoff",
            parameters={"theta": theta, "target": target, "rate": rate},
            memory="theta",
            memory_per="neuron",
            memory_next="theta*(1 + int(n_seen > 0)*rate*(n_passed/(n_plastic*target) - 1))",
            tallies={"n_seen": "int(delta_w != 0*delta_w)", "n_passed": "int(abs(delta_w) >= cutoff)"},
            # Cells off the path see nothing; their share is then 0, and no 0 / 0.
            constants={"n_plastic": np.maximum(np.count_nonzero(view.plastic, axis=0), 1)},
            in_weights=("theta",),
        )

    def fast(self, target: float, rate: float, view: ProjectionView) -> FastForm:
        n_plastic = np.count_nonzero(view.plastic, axis=0)
        return FastForm({"select": select_above_neuron}, (target, rate, *n_plastic.tolist()))


class OfSynapse(Thresholds):
    """One for each synapse, which needs to know its own changes only."""

    def shape(self, view: ProjectionView) -> tuple[int, ...]:
        return view.shape

    def follow(
        self, thetas: Thetas, proposal: Proposal, written: BoolArray, target: float, rate: float
    ) -> None:
        rise, fall = find_factors(target, rate)
        sees = proposal.plastic & (proposal.delta_w != 0)
        thetas[sees] *= np.where(written[sees], rise, fall)

    def brian(self, theta: float, target: float, rate: float, view: ProjectionView) -> BrianForm:
        rise, fall = find_factors(target, rate)
        passes = "int(abs(delta_w) >= cutoff)"
        return BrianForm(
            cutoff="stored(theta)",
            condition="abs(delta_w) >= cutoff",
            parameters={"theta": theta, "rise": rise, "fall": fall},
            memory="theta",
            memory_per="synapse",
            memory_next=f"theta*(1 + int(delta_w != 0*delta_w)*(fall - 1 + {passes}*(rise - fall)))",
            in_weights=("theta",),
        )

    def fast(self, target: float, rate: float, view: ProjectionView) -> FastForm:
        return FastForm({"select": select_above_synapse}, find_factors(target, rate))


THRESHOLDS: dict[str, Thresholds] = {"layer": OfLayer(), "neuron": OfNeuron(), "synapse": OfSynapse()}


def find_factors(target: float, rate: float) -> tuple[float, float]:
    """By what a synapse's threshold is multiplied when it was written, and when it was not."""
    return 1 + rate * (1 / target - 1), 1 - rate


def select_above_layer(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from the layer's threshold up, and let it follow."""
    n = write_from(
        synapses, n_rows, sort_columns(synapses), in_dtype(synapses, synapses.memory[0]), synapses.hints[0]
    )
    synapses.hints[0] = n
    excess = min(max(n / synapses.n_plastic / synapses.parameters[0] - 1, -1.0), 1.0)
    synapses.memory[0] *= 1 + synapses.parameters[1] * excess


def select_above_neuron(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from each unit's threshold up, the inputs with the largest activity first."""
    sort_rows(synapses, n_rows)
    target, rate = synapses.parameters[0], synapses.parameters[1]
    for c in range(synapses.plastic_columns.size):
        j = synapses.plastic_columns[c]
        synapses.low[0] = synapses.memory[j]
        theta = synapses.low[0]  # in the dtype of the weights
        step = synapses.step[j]
        n, sees = 0, False
        for r in range(n_rows):
            size = synapses.high[r] * abs(step)
            if size == 0 or (sees and size < theta):
                break
            i = synapses.rows[synapses.order[r]]
            if not synapses.has_gaps or synapses.plastic[i, j]:
                sees = True
                if size >= theta:
                    write(synapses, i, j, synapses.pre[i] * step)
                    n += 1
        if sees:
            synapses.memory[j] *= 1 + rate * (n / synapses.parameters[2 + j] / target - 1)


def select_above_synapse(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from each synapse's threshold up, and let it follow."""
    n_columns = synapses.step.size
    rise, fall = synapses.parameters[0], synapses.parameters[1]
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        for j in range(n_columns):
            change = pre * synapses.step[j]
            if change != 0 and synapses.plastic[i, j]:
                theta = synapses.memory[i * n_columns + j]
                synapses.low[0] = theta
                passes = abs(change) >= synapses.low[0]  # in the dtype of the weights
                synapses.memory[i * n_columns + j] = theta * (rise if passes else fall)
                if passes:
                    write(synapses, i, j, change)
