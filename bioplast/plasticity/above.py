"""``above(theta)``: only changes of at least a given size are written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import in_dtype, sort_columns, write_from
from bioplast.plasticity.checks import check_between, check_fraction, check_positive
from bioplast.plasticity.forms import BrianForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal, Selection
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Above(Selection):
    r"""Write where :math:`|\Delta w_{ij}| \ge \theta`: purely local, no synapse knows another.

    With a target f, each layer has a threshold of its own that starts at theta and follows the share p
    of plastic synapses that a trial wrote, by at most the part ``rate`` a trial::

        theta <- theta * (1 + rate * clip(p / f - 1, -1, 1))

    Parameters
    ----------
    theta : threshold in the unit of the weights, above 0
    target : f in (0, 1]; without it the threshold stays
    output : target of the output layer in (0, 1]; the same as ``target`` if not given
    rate : in [0, 1)

    Raises
    ------
    RequestError : ``theta`` is not a finite number above 0, a target outside (0, 1], ``output`` without
        ``target``, or a rate outside [0, 1)
    """

    theta: float
    target: float | None = None
    output: float | None = None
    rate: float = 0.01

    name: ClassVar[str] = "above"
    summary: ClassVar[str] = "changes of at least theta are written; purely local"

    def __post_init__(self) -> None:
        check_positive(self, "theta", self.theta)
        check_between(self, "rate", self.rate, 0, 1)
        for field, value in (("target", self.target), ("output", self.output)):
            if value is not None:
                check_fraction(self, field, value)
        if self.output is not None and self.target is None:
            raise RequestError(f"Above.output: needs a target, got {self.output!r} without one")

    def mask(self, proposal: Proposal) -> BoolArray:
        theta = self.theta if self.target is None else proposal.memory[0]
        return np.abs(proposal.delta_w) >= proposal.delta_w.dtype.type(theta)

    def memory(self, view: ProjectionView) -> NDArray[np.float64]:
        return np.zeros(0) if self.target is None else np.array([self.theta], np.float64)

    def remember(self, proposal: Proposal, written: BoolArray) -> None:
        if self.target is not None:
            share = np.count_nonzero(written) / np.count_nonzero(proposal.plastic)
            excess = min(max(share / self._target(proposal.view) - 1, -1.0), 1.0)
            proposal.memory[0] *= 1 + self.rate * excess

    def brian(self, view: ProjectionView) -> BrianForm:
        if self.target is None:
            return BrianForm(
                cutoff="stored(theta)",
                condition="abs(delta_w) >= cutoff",
                parameters={"theta": self.theta},
                in_weights=("theta",),
            )
        return BrianForm(
            cutoff="in_force(theta)",
            condition="abs(delta_w) >= cutoff",
            parameters={
                "theta": self.theta,
                "target": self._target(view),
                "rate": self.rate,
                "n_plastic": view.n_plastic,
            },
            competes=True,
            memory="theta",
            memory_next="adapted(theta, target, rate, n_plastic)",
            in_weights=("theta",),
        )

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        if self.target is None:
            return FastForm({"select": select_above}, (self.theta,))
        return FastForm({"select": select_above_target}, (self._target(view), self.rate))

    def _target(self, view: ProjectionView) -> float:
        assert self.target is not None
        return self.output if self.output is not None and view.is_readout else self.target


def select_above(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from the threshold up."""
    theta = in_dtype(synapses, synapses.parameters[0])
    synapses.hints[0] = write_from(synapses, n_rows, sort_columns(synapses), theta, synapses.hints[0])


def select_above_target(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from the threshold up, and let it follow."""
    n = write_from(
        synapses, n_rows, sort_columns(synapses), in_dtype(synapses, synapses.memory[0]), synapses.hints[0]
    )
    synapses.hints[0] = n
    excess = min(max(n / synapses.n_plastic / synapses.parameters[0] - 1, -1.0), 1.0)
    synapses.memory[0] *= 1 + synapses.parameters[1] * excess
