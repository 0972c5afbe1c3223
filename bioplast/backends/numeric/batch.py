"""Testing on many images at once: matrix products say which class wins wherever rounding cannot change it.

A matrix product adds in another order than the kernel. The predictions must not depend on that, so the
images whose two best outputs lie closer than both ways of adding can be apart are left to the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.encoding import Encoding
from bioplast.backends.numeric.frozen import IMAGES_AT_ONCE, UNITS_AT_ONCE, activate_block
from bioplast.backends.numeric.settings import Settings
from bioplast.kernels.synapse_arrays import FloatArray
from bioplast.network import Layer
from bioplast.tasks.task import Trials


@dataclass(frozen=True)
class Answers:
    """What is known of some trials without the kernel.

    Attributes
    ----------
    predictions : (n_trials,), the winning class where the trial is not in ``doubtful``
    doubtful : trials whose winner rounding could change, by index
    macs : multiply-accumulates of the forward passes of the others, as the kernel counts them
    """

    predictions: NDArray[np.int64]
    doubtful: NDArray[np.int64]
    macs: int


@np.errstate(invalid="ignore", over="ignore")  # a network that diverged: all its trials are doubtful
def answer(
    layers: tuple[Layer, ...], trials: Trials, base: FloatArray, encoding: Encoding, settings: Settings
) -> Answers:
    r"""Predict ``trials`` by matrix products.

    However n products are added up, the sum is off by at most :math:`\gamma_n \sum |x_i w_i|` with
    :math:`\gamma_n = n u / (1 - n u)` and u half the spacing of numbers at 1; by Cauchy and Schwarz by at
    most :math:`\gamma_n |x| |w|`. The activation does not enlarge what the hidden units are off by, and what
    a layer is off by reaches the output through the sizes of the weights behind it.

    Parameters
    ----------
    layers : from input to output
    base : (n_trials, n_units), what the units behind the second layer get from elsewhere

    References
    ----------
    Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 3, doi:10.1137/1.9780898718027
    """
    weights = [np.ascontiguousarray(layer.effective) for layer in layers]
    reaches = _find_reaches(weights, steepest=max(1.0, abs(settings.slope)))
    per_length = [2 * _gamma(w) * _norms(w, 0) @ reach for w, reach in zip(weights, reaches, strict=True)]
    predictions = np.empty(len(trials), np.int64)
    is_sure = np.zeros(len(trials), bool)
    macs = np.zeros(len(trials), np.int64)
    for first in range(0, len(trials), IMAGES_AT_ONCE):
        here = slice(first, first + IMAGES_AT_ONCE)
        x = encoding.encode(Trials(trials.images, trials.indices[here]), weights[0].dtype)
        off = np.outer(_norms(x, 1), per_length[0])
        off += 2 * _gamma(weights[1]) * np.abs(base[here]) @ reaches[1]
        n_on = np.count_nonzero(x, axis=1)
        for index in range(1, len(weights)):
            macs[here] += n_on * weights[index - 1].shape[1]
            elsewhere = base[here] if index == 2 else None
            x, n_on = _activate(x, weights[index - 1], elsewhere, settings)
            off += np.outer(_norms(x, 1), per_length[index])
        y = x @ weights[-1]
        if len(weights) == 2:
            y += base[here]
        macs[here] += n_on * y.shape[1]
        predictions[here] = y.argmax(axis=1)
        best = np.partition(y, -2, axis=1)[:, -2:].astype(np.float64)
        # False also where a weight has become infinite or no number.
        is_sure[here] = best[:, 1] - best[:, 0] > 2 * off.max(axis=1)
    return Answers(predictions, np.flatnonzero(~is_sure), int(macs[is_sure].sum()))


def _find_reaches(weights: Sequence[FloatArray], steepest: float) -> list[NDArray[np.float64]]:
    """How much of what the units behind a layer are off by can come to each output: (n_post, n_classes)."""
    reaches = [np.eye(weights[-1].shape[1])]
    for before, w in zip(weights[-2::-1], weights[:0:-1], strict=True):
        reaches.insert(0, steepest * np.abs(w[: before.shape[1]]).astype(np.float64) @ reaches[0])
    return reaches


def _activate(
    x: FloatArray, weights: FloatArray, elsewhere: FloatArray | None, settings: Settings
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Activity of the hidden units and the one that is always on, and how many of them are on."""
    n_hidden = weights.shape[1]
    n_on = np.zeros(len(x), np.int64)
    pre = np.empty((len(x), n_hidden + (not settings.clamps_first)), x.dtype)
    for first in range(0, n_hidden, UNITS_AT_ONCE):
        units = slice(first, min(first + UNITS_AT_ONCE, n_hidden))
        activity = x @ weights[:, units]
        if elsewhere is not None:
            activity += elsewhere[:, units]
        compiled(activate_block, **settings.unit.parts)(activity, x.dtype.type(settings.slope), n_on)
        pre[:, units] = activity
    always_on = 0 if settings.clamps_first else n_hidden
    if settings.clamps_first:
        n_on -= pre[:, 0] != 0
    pre[:, always_on] = 1
    return pre, n_on + 1


def _gamma(weights: FloatArray) -> float:
    """The bound's factor for sums over the rows of ``weights``, and two roundings more."""
    rounding = (len(weights) + 2) * float(np.finfo(weights.dtype).eps) / 2
    return rounding / (1 - rounding)


def _norms(array: FloatArray, axis: int) -> NDArray[np.float64]:
    """Lengths of the columns (0) or rows (1), one part in a hundred up for what rounding may take."""
    squares = np.einsum("ij,ij->j" if axis == 0 else "ij,ij->i", array, array)
    return 1.01 * np.sqrt(squares.astype(np.float64))
