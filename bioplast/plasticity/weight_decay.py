"""``weight_decay(rate)``: weights that are not used fade."""

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
class WeightDecay(Transform):
    r"""Propose that each weight loses a fraction of itself in every trial that is learned from.

    :math:`\Delta w - \lambda w` is proposed, so that every plastic synapse is written in each trial.

    Parameters
    ----------
    rate : lambda in [0, 1)

    Raises
    ------
    RequestError : a rate outside [0, 1)
    """

    rate: float

    name: ClassVar[str] = "weight_decay"
    summary: ClassVar[str] = "every weight loses a fraction of itself in each trial, and is written for it"

    def __post_init__(self) -> None:
        check_between(self, "rate", self.rate, 0, 1)

    def transform(self, proposal: Proposal, state: Mapping[str, NDArray[Any]]) -> FloatArray:
        changes: FloatArray = proposal.delta_w - proposal.delta_w.dtype.type(self.rate) * proposal.weights
        return changes

    def dense(self, view: ProjectionView) -> DenseForm:
        return DenseForm(decay, parameters=(self.rate,))


def decay(synapses: DenseArrays, own: Any, parameters: NDArray[np.float64], key: int) -> None:
    """Take its share of each weight from its change."""
    share = in_dtype(synapses, parameters[0])
    for i in range(synapses.change.shape[0]):
        for j in range(synapses.change.shape[1]):
            synapses.change[i, j] -= share * synapses.effective[i, j]
