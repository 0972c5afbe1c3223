"""What the output lacks: the error of each output unit by the loss that is minimized.

As in ``activation`` there are two forms, which give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioplast.backends.numeric.activation import bend_squashed, squash
from bioplast.kernels.synapse_arrays import FloatArray, SynapseArrays


@dataclass(frozen=True)
class Loss:
    """A loss, with the output units that it is made for.

    Attributes
    ----------
    parts : ``compute_error(output, label)``, which stands under that name in kernels
    compute_error : minus the gradient of the loss by the drives (n_classes,) of the output, and a label
    """

    parts: Mapping[str, Callable[..., Any]]
    compute_error: Callable[[FloatArray, int], FloatArray]


def miss_squared(output: SynapseArrays, label: int) -> None:
    """What linear units lack to be 1 for the label and 0 for the other classes."""
    for k in range(output.error.size):
        output.error[k] = -output.activity[k]
    output.error[label] += 1


def miss_entropy(output: SynapseArrays, label: int) -> None:
    """What the probabilities of a softmax lack."""
    most = np.float64(output.activity[0])
    for k in range(1, output.activity.size):
        most = max(most, np.float64(output.activity[k]))
    total = 0.0
    for k in range(output.activity.size):
        total += math.exp(np.float64(output.activity[k]) - most)
    for k in range(output.error.size):
        output.error[k] = -(math.exp(np.float64(output.activity[k]) - most) / total)
    output.error[label] += 1


def miss_squashed(output: SynapseArrays, label: int) -> None:
    """What logistic units lack, times their derivative."""
    for k in range(output.error.size):
        r = squash(output.activity[k], 0)
        output.error[k] = bend_squashed((1.0 if k == label else 0.0) - r, r, 0)


def lack(given: FloatArray, label: int) -> FloatArray:
    """One for the label less ``given``."""
    error = -given
    error[label] += 1
    return error


def _take_softmax(drives: FloatArray) -> FloatArray:
    most = max(map(float, drives))
    powers = [math.exp(float(y) - most) for y in drives]
    total = sum(powers)
    return np.array([power / total for power in powers], drives.dtype)


def _miss_logistic(drives: FloatArray, label: int) -> FloatArray:
    r = np.array([squash(y) for y in drives])  # in float64
    return np.asarray(bend_squashed(lack(r, label), r), drives.dtype)


LOSSES: Mapping[str, Loss] = {
    "squared": Loss({"compute_error": miss_squared}, lack),
    "cross-entropy": Loss({"compute_error": miss_entropy}, lambda y, label: lack(_take_softmax(y), label)),
    "squared-logistic": Loss({"compute_error": miss_squashed}, _miss_logistic),
}
