"""``cache(theta, decay)``: changes are transient until they are large enough to be kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.dense import DenseArrays, in_dtype
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import book
from bioplast.plasticity.checks import check_between, check_choice, check_positive
from bioplast.plasticity.forms import ConsolidationForm, DenseForm, FastForm
from bioplast.plasticity.part import Consolidation, FloatArray
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Cache(Consolidation):
    r"""A change s is transient at first and decays; where it grows beyond theta it is consolidated.

    The weight that acts is :math:`w + s`. In each trial::

        s <- s + delta_w
        where |s| > theta:  w <- w + s (booked), s <- 0
        maintenance <- maintenance + cost * sum |s|
        s <- (1 - decay) * s

    What is still transient when learning ends is consolidated then, and booked.

    Parameters
    ----------
    theta : in the unit of the weights, above 0
    decay : part of s that is lost from one trial to the next, in [0, 1); 1 / the time constant in trials
    per : ``"synapse"``, or ``"neuron"``: a synapse that crosses consolidates all synapses onto its neuron
    cost : of keeping a transient change of size 1 for one trial, in the unit of m1; not below 0

    Raises
    ------
    RequestError : a value out of its range, or another word for ``per``

    References
    ----------
    Li & van Rossum 2020, synaptic caching, doi:10.7554/eLife.50804
    """

    theta: float
    decay: float = 0.0
    per: str = "synapse"
    cost: float = 0.001

    name: ClassVar[str] = "cache"
    summary: ClassVar[str] = "changes are transient, and consolidated where they grow beyond theta"

    def __post_init__(self) -> None:
        check_positive(self, "theta", self.theta)
        check_between(self, "decay", self.decay, 0, 1)
        check_choice(self, "per", self.per, ("synapse", "neuron"))
        check_between(self, "cost", self.cost, 0, np.inf)

    def accumulate(self, transient: FloatArray, delta_w: FloatArray) -> FloatArray:
        transient += delta_w
        crosses = np.abs(transient) > transient.dtype.type(self.theta)
        if self.per == "neuron":
            crosses = np.broadcast_to(crosses.any(axis=0), crosses.shape)
        consolidated = np.where(crosses, transient, 0)
        transient[crosses] = 0
        return consolidated

    def decay_step(self, transient: FloatArray) -> float:
        kept = self.cost * float(np.abs(transient).sum(dtype=np.float64))
        transient *= transient.dtype.type(1 - self.decay)
        return kept

    def brian(self) -> ConsolidationForm:
        crosses = "abs(transient) > keeping_theta"
        alone = self.per == "synapse"
        change = f"transient*int({crosses})" if alone else "0*written"
        return ConsolidationForm(
            equations="transient : 1\nmaintenance : 1",
            effective="w + transient",
            # Subtracting leaves 0 where everything goes over.
            accumulate=f"transient = stored(transient + written)\nchange = {change}\ntransient -= change",
            crosses="" if alone else crosses,
            consolidate="" if alone else "change = transient\ntransient = 0*change",
            decay_step=(
                "maintenance += keeping_cost*abs(float64(transient))\ntransient = transient*keeping_share"
            ),
            parameters={
                "keeping_theta": self.theta,
                "keeping_share": 1 - self.decay,
                "keeping_cost": self.cost,
            },
            in_weights=("keeping_theta",),
        )

    def fast(self) -> FastForm:
        functions: dict[str, Callable[..., Any]] = {
            "weight_at": weight_with_transient,
            "catch_up": recall_row,
            "write": write_transient if self.per == "synapse" else write_transient_of_neuron,
            "close": close_synapses if self.per == "synapse" else close_neurons,
        }
        return FastForm(functions, (self.theta, 1 - self.decay, self.cost))

    def dense(self, view: ProjectionView) -> DenseForm:
        link = keep_back if self.per == "synapse" else keep_back_by_neuron
        return DenseForm(link, ("transient", "maintenance"), (self.theta, 1 - self.decay, self.cost), fade)


def keep_back(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Add changes to what is transient; what is too much goes over."""
    transient, _ = own
    theta, nothing = in_dtype(synapses, parameters[0]), in_dtype(synapses, 0.0)
    for i in range(transient.shape[0]):
        for j in range(transient.shape[1]):
            sum_ = transient[i, j] + synapses.change[i, j]
            crosses = abs(sum_) > theta
            synapses.change[i, j] = sum_ if crosses else nothing
            transient[i, j] = nothing if crosses else sum_


def keep_back_by_neuron(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """The same, for all synapses onto a neuron of which one has too much."""
    transient, _ = own
    theta, nothing = in_dtype(synapses, parameters[0]), in_dtype(synapses, 0.0)
    for j in range(transient.shape[1]):
        crosses = False
        for i in range(transient.shape[0]):
            transient[i, j] += synapses.change[i, j]
            crosses = crosses or abs(transient[i, j]) > theta
        for i in range(transient.shape[0]):
            synapses.change[i, j] = transient[i, j] if crosses else nothing
            transient[i, j] = nothing if crosses else transient[i, j]


def fade(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Let the time of one trial pass over what is transient, and charge for it."""
    transient, maintenance = own
    share = in_dtype(synapses, parameters[1])
    total = 0.0
    for i in range(transient.shape[0]):
        for j in range(transient.shape[1]):
            total += abs(np.float64(transient[i, j]))
            transient[i, j] *= share
            synapses.effective[i, j] = synapses.weights[i, j] + transient[i, j]
    maintenance[0] += parameters[2] * total


def weight_with_transient(synapses: SynapseArrays, i: int, j: int) -> Any:
    """The weight as it acts."""
    return synapses.weights[i, j] + synapses.transient[i, j]


def recall_row(synapses: SynapseArrays, i: int) -> None:
    """Let the trials pass that unit i was silent in: only then is its row touched."""
    passed = synapses.clock[0] - synapses.touched[i]
    if passed > 0:
        for j in range(synapses.step.size):
            pass_time(synapses, i, j, passed)
        synapses.touched[i] = synapses.clock[0]


def pass_time(synapses: SynapseArrays, i: int, j: int, passed: int) -> None:
    """``passed`` trials of decay and of maintenance, which is a geometric sum."""
    transient = synapses.transient[i, j]
    if transient != 0:
        keep = synapses.consolidation[1]
        left = keep**passed
        charged = (1 - left) / (1 - keep) if keep < 1 else float(passed)
        synapses.maintenance[0] += synapses.consolidation[2] * charged * abs(transient)
        synapses.transient[i, j] = transient * left


def write_transient(synapses: SynapseArrays, i: int, j: int, change: Any) -> None:
    """Add a change to what is transient, and consolidate if that is too much."""
    transient = synapses.transient[i, j] + change
    if abs(transient) > synapses.consolidation[0]:
        book(synapses, i, j, transient)
        synapses.transient[i, j] = 0
    else:
        synapses.transient[i, j] = transient


def write_transient_of_neuron(synapses: SynapseArrays, i: int, j: int, change: Any) -> None:
    """Add a change to what is transient; ``close_neurons`` sees whether it is too much."""
    synapses.transient[i, j] += change


def close_synapses(synapses: SynapseArrays, n_rows: int) -> None:
    """Nothing is left to do once every change has been written."""


def close_neurons(synapses: SynapseArrays, n_rows: int) -> None:
    """Consolidate all synapses onto units of which one has crossed; only active ones can have."""
    for j in range(synapses.step.size):
        for r in range(n_rows):
            if abs(synapses.transient[synapses.rows[r], j]) > synapses.consolidation[0]:
                consolidate_neuron(synapses, j)
                break


def consolidate_neuron(synapses: SynapseArrays, j: int) -> None:
    """Consolidate all synapses onto unit j, each brought up to the present first."""
    for i in range(synapses.weights.shape[0]):
        passed = synapses.clock[0] - synapses.touched[i]
        if passed > 0:
            pass_time(synapses, i, j, passed)
        transient = synapses.transient[i, j]
        synapses.transient[i, j] = 0
        if transient != 0:
            book(synapses, i, j, transient)
