"""``lazy(confidence)``: learn only where the network is wrong, or not sure."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.plasticity.checks import check_between
from bioplast.plasticity.forms import FastForm, GateForm
from bioplast.plasticity.part import FloatArray, Gate


@dataclass(frozen=True)
class Lazy(Gate):
    r"""Learn from a trial only if its class was not the winner, or won with too little confidence.

    The confidence is the winner's probability, :math:`1 / \sum_k e^{y_k - \max y}`.

    Parameters
    ----------
    confidence : in [0, 1); right answers with a lower probability are learned from as well

    Raises
    ------
    RequestError : a confidence outside [0, 1)

    References
    ----------
    Pache & van Rossum 2023, lazy learning, arXiv:2303.16067
    """

    confidence: float = 0.0

    name: ClassVar[str] = "lazy"
    summary: ClassVar[str] = "learns only from images it gets wrong, or right with little confidence"

    def __post_init__(self) -> None:
        check_between(self, "confidence", self.confidence, 0, 1)

    def opens(self, output: FloatArray, label: int) -> bool:
        winner = int(output.argmax())
        probability = 1 / np.exp(output.astype(np.float64) - float(output[winner])).sum()
        return winner != label or bool(probability < self.confidence)

    def brian(self) -> GateForm:
        return GateForm("not is_right or certainty < confidence", {"confidence": self.confidence})

    def fast(self) -> FastForm:
        return FastForm({"opens": opens_lazily}, (self.confidence,))


def opens_lazily(output: FloatArray, winner: int, label: int, parameters: NDArray[Any]) -> bool:
    """The same for a winner that is known."""
    if winner != label:
        return True
    if parameters[0] == 0:
        return False
    total = 0.0
    for k in range(output.size):
        total += math.exp(np.float64(output[k]) - np.float64(output[winner]))
    return 1 / total < parameters[0]
