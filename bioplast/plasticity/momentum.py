"""``momentum(m)``: changes add up over trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.dense import DenseArrays, in_dtype
from bioplast.plasticity.checks import check_between
from bioplast.plasticity.forms import DenseForm
from bioplast.plasticity.part import FloatArray, Proposal, Transform
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Momentum(Transform):
    r"""Propose the sum of this and all earlier proposals, each trial's weighted by m for every trial since.

    :math:`v \leftarrow m v + \Delta w`, and :math:`v` is proposed. A synapse goes on changing when its
    input is silent, so nearly all are written in each trial. v is one number a synapse that is written in
    each trial too; books, which count writes of weights, do not have it.

    Parameters
    ----------
    momentum : m in [0, 1)

    Raises
    ------
    RequestError : m outside [0, 1)
    """

    momentum: float = 0.9

    name: ClassVar[str] = "momentum"
    summary: ClassVar[str] = "changes add up over trials; every synapse keeps a sum, which is not booked"

    def __post_init__(self) -> None:
        check_between(self, "momentum", self.momentum, 0, 1)

    def init(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> dict[str, NDArray[Any]]:
        return {"velocity": np.zeros(shape, dtype)}

    def transform(self, proposal: Proposal, state: Mapping[str, NDArray[Any]]) -> FloatArray:
        velocity = state["velocity"]
        velocity *= velocity.dtype.type(self.momentum)
        velocity += proposal.delta_w
        return velocity.copy()

    def dense(self, view: ProjectionView) -> DenseForm:
        return DenseForm(add_up, (f"{self.name}.velocity",), (self.momentum,))


def add_up(synapses: DenseArrays, own: FloatArray, parameters: NDArray[np.float64], key: int) -> None:
    """Replace each change by the sum that it is added to."""
    share = in_dtype(synapses, parameters[0])
    for i in range(own.shape[0]):
        for j in range(own.shape[1]):
            own[i, j] *= share
            own[i, j] += synapses.change[i, j]
            synapses.change[i, j] = own[i, j]
