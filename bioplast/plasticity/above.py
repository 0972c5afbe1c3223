"""``above(theta)``: only changes of at least a given size are written."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.kernels.dense import DenseArrays, choose_from
from bioplast.kernels.dense import in_dtype as in_dtype_of
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import in_dtype, sort_columns, write_from
from bioplast.plasticity.checks import check_between, check_choice, check_fraction, check_positive
from bioplast.plasticity.forms import BrianForm, DenseForm, FastForm
from bioplast.plasticity.part import BoolArray, Proposal, Selection
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.thresholds import THRESHOLDS


@dataclass(frozen=True)
class Above(Selection):
    r"""Write where :math:`|\Delta w_{ij}| \ge \theta`: purely local, no synapse knows another.

    With a target f, thresholds start at theta and follow the share p of plastic synapses that a trial wrote:
    of the layer, of the cell or of the synapse that has the threshold (``bioplast.plasticity.thresholds``)::

        one a layer              theta <- theta * (1 + rate * clip(p / f - 1, -1, 1))
        one a cell or synapse    theta <- theta * (1 + rate * (p / f - 1))

    A threshold of a layer needs to know of all its synapses. A cell's or a synapse's is local: it follows
    what that cell or synapse itself sees, in the trials that propose a change to it. Of a synapse p is 0 or
    1, so f is a share of its own proposals; silent inputs propose none.

    Parameters
    ----------
    theta : threshold in the unit of the weights, above 0
    target : f in (0, 1]; without it the threshold stays
    output : target of the output layer in (0, 1]; the same as ``target`` if not given
    rate : in [0, 1)
    per : ``"layer"``, ``"neuron"`` or ``"synapse"``: what has a threshold of its own

    Raises
    ------
    RequestError : ``theta`` is not a finite number above 0, a target outside (0, 1], ``output`` or another
        ``per`` without ``target``, a rate outside [0, 1), or another word for ``per``
    """

    theta: float
    target: float | None = None
    output: float | None = None
    rate: float = 0.01
    per: str = "layer"

    name: ClassVar[str] = "above"
    summary: ClassVar[str] = "changes of at least theta are written; purely local"

    def __post_init__(self) -> None:
        check_positive(self, "theta", self.theta)
        check_between(self, "rate", self.rate, 0, 1)
        check_choice(self, "per", self.per, tuple(THRESHOLDS))
        for field, value in (("target", self.target), ("output", self.output)):
            if value is not None:
                check_fraction(self, field, value)
        if self.output is not None and self.target is None:
            raise RequestError(f"Above.output: needs a target, got {self.output!r} without one")
        if self.per != "layer" and self.target is None:
            raise RequestError(f"Above.per: needs a target, got {self.per!r} without one")

    def mask(self, proposal: Proposal) -> BoolArray:
        thetas = np.float64(self.theta) if self.target is None else proposal.memory
        return np.abs(proposal.delta_w) >= thetas.astype(proposal.delta_w.dtype)

    def memory(self, view: ProjectionView) -> NDArray[np.float64]:
        if self.target is None:
            return np.zeros(0)
        return np.full(THRESHOLDS[self.per].shape(view), self.theta)

    def remember(self, proposal: Proposal, written: BoolArray) -> None:
        if self.target is not None:
            target = self._target(proposal.view)
            THRESHOLDS[self.per].follow(proposal.memory, proposal, written, target, self.rate)

    def brian(self, view: ProjectionView) -> BrianForm:
        if self.target is None:
            return BrianForm(
                cutoff="stored(theta)",
                condition="abs(delta_w) >= cutoff",
                parameters={"theta": self.theta},
                in_weights=("theta",),
            )
        return THRESHOLDS[self.per].brian(self.theta, self._target(view), self.rate, view)

    def fast(self, view: ProjectionView, n_counted: int) -> FastForm:
        if self.target is None:
            return FastForm({"select": select_above}, (self.theta,))
        return THRESHOLDS[self.per].fast(self._target(view), self.rate, view)

    def dense(self, view: ProjectionView) -> DenseForm | None:
        if self.target is None:
            return DenseForm(narrow, parameters=(self.theta,))
        if self.per != "layer":
            return None
        return DenseForm(narrow_to_target, ("memory",), (self._target(view), self.rate))

    def _target(self, view: ProjectionView) -> float:
        assert self.target is not None
        return self.output if self.output is not None and view.is_readout else self.target


def select_above(synapses: SynapseArrays, n_rows: int, key: int) -> None:
    """Write from the threshold up."""
    theta = in_dtype(synapses, synapses.parameters[0])
    synapses.hints[0] = write_from(synapses, n_rows, sort_columns(synapses), theta, synapses.hints[0])


def narrow(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Leave the changes of at least the threshold."""
    choose_from(synapses, in_dtype_of(synapses, parameters[0]))


def narrow_to_target(
    synapses: DenseArrays, own: NDArray[np.float64], parameters: NDArray[np.float64], key: int
) -> None:
    """The same, and let it follow."""
    n_before = 0
    for i in range(synapses.chosen.shape[0]):
        for j in range(synapses.chosen.shape[1]):
            n_before += synapses.chosen[i, j]
    n = choose_from(synapses, in_dtype_of(synapses, own[0]))
    excess = min(max(n / n_before / parameters[0] - 1, -1.0), 1.0)
    own[0] *= 1 + parameters[1] * excess
