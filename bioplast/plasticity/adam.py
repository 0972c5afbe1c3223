"""``adam(rate)``: changes of a size of their own for every synapse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.dense import DenseArrays, in_dtype
from bioplast.plasticity.checks import check_between, check_positive
from bioplast.plasticity.forms import DenseForm
from bioplast.plasticity.part import FloatArray, Proposal, Transform
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Adam(Transform):
    r"""Propose changes that are scaled, synapse by synapse, to what is usual there.

    With :math:`g = \Delta w` and t the number of trials learned from,
    :math:`m \leftarrow \beta_1 m + (1-\beta_1) g`, :math:`v \leftarrow \beta_2 v + (1-\beta_2) g^2`, and
    proposed is :math:`\rho\, \hat m / (\sqrt{\hat v} + \epsilon)` with :math:`\hat m = m/(1-\beta_1^t)` and
    :math:`\hat v = v/(1-\beta_2^t)`. The network's learning rate cancels out, but for
    :math:`\epsilon`. m and v are two numbers a synapse that are written in each trial; books, which count
    writes of weights, do not have them.

    Parameters
    ----------
    rate : rho, at most about the change of a weight in a trial
    mean, variance : beta_1 and beta_2 in [0, 1)
    epsilon : at least this in the denominator

    Raises
    ------
    RequestError : a value that is not allowed

    References
    ----------
    Kingma & Ba 2015, doi:10.48550/arXiv.1412.6980
    """

    rate: float = 0.001
    mean: float = 0.9
    variance: float = 0.999
    epsilon: float = 1e-8

    name: ClassVar[str] = "adam"
    summary: ClassVar[str] = "changes scaled to what is usual at each synapse, which keeps two sums"

    def __post_init__(self) -> None:
        check_positive(self, "rate", self.rate)
        check_between(self, "mean", self.mean, 0, 1)
        check_between(self, "variance", self.variance, 0, 1)
        check_positive(self, "epsilon", self.epsilon)

    def init(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> dict[str, NDArray[Any]]:
        mean, square = np.zeros(shape, dtype), np.zeros(shape, dtype)
        return {"mean": mean, "square": square, "trials": np.zeros(1, np.int64)}

    def transform(self, proposal: Proposal, state: Mapping[str, NDArray[Any]]) -> FloatArray:
        change, number = proposal.delta_w, proposal.delta_w.dtype.type
        mean, square, trials = state["mean"], state["square"], state["trials"]
        trials += 1
        mean += number(1 - self.mean) * (change - mean)
        square += number(1 - self.variance) * (change * change - square)
        step = number(self.rate / (1 - self.mean ** int(trials[0])))
        spread = np.sqrt(square / number(1 - self.variance ** int(trials[0])))
        return step * mean / (spread + number(self.epsilon))

    def dense(self, view: ProjectionView) -> DenseForm:
        arrays = tuple(f"{self.name}.{key}" for key in ("mean", "square", "trials"))
        return DenseForm(scale, arrays, (self.rate, self.mean, self.variance, self.epsilon))


def scale(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Replace each change by one of a size that is usual at its synapse."""
    mean, square, trials = own
    trials[0] += 1
    passed = np.float64(trials[0])
    share, share_square = in_dtype(synapses, 1 - parameters[1]), in_dtype(synapses, 1 - parameters[2])
    step = in_dtype(synapses, parameters[0] / (1 - math.pow(parameters[1], passed)))
    whole = in_dtype(synapses, 1 - math.pow(parameters[2], passed))
    epsilon = in_dtype(synapses, parameters[3])
    for i in range(mean.shape[0]):
        for j in range(mean.shape[1]):
            change = synapses.change[i, j]
            mean[i, j] += share * (change - mean[i, j])
            square[i, j] += share_square * (change * change - square[i, j])
            synapses.change[i, j] = step * mean[i, j] / (np.sqrt(square[i, j] / whole) + epsilon)
