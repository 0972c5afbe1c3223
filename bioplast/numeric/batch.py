"""Testing on many images at once: matrix products say which class wins wherever rounding cannot change it.

A matrix product adds in another order than the kernel. The predictions must not depend on that, so the
images whose two best outputs lie closer than both ways of adding can be apart are left to the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.network import Layer
from bioplast.numeric.compiled import compiled
from bioplast.numeric.encoding import Encoding
from bioplast.numeric.frozen import IMAGES_AT_ONCE, UNITS_AT_ONCE, rectify_block
from bioplast.numeric.settings import Settings
from bioplast.tasks.task import Trials

FloatArray = NDArray[np.floating[Any]]


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
    layers: tuple[Layer, Layer], trials: Trials, base: FloatArray, encoding: Encoding, settings: Settings
) -> Answers:
    r"""Predict ``trials`` by matrix products.

    However n products are added up, the sum is off by at most :math:`\gamma_n \sum |x_i w_i|` with
    :math:`\gamma_n = n u / (1 - n u)` and u half the spacing of numbers at 1; by Cauchy and Schwarz by at
    most :math:`\gamma_n |x| |w|`. The activation does not enlarge what the hidden units are off by.

    Parameters
    ----------
    layers : hidden and output layer
    base : (n_trials, n_classes), what the outputs get from elsewhere

    References
    ----------
    Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 3, doi:10.1137/1.9780898718027
    """
    hidden, output = (np.ascontiguousarray(layer.acting) for layer in layers)
    steepest = max(1.0, abs(settings.slope))
    per_input = 2 * steepest * _gamma(hidden) * (_norms(hidden, 0) @ np.abs(output[: hidden.shape[1]]))
    per_unit = 2 * _gamma(output) * _norms(output, 0)
    predictions = np.empty(len(trials), np.int64)
    is_sure = np.zeros(len(trials), bool)
    macs = np.zeros(len(trials), np.int64)
    for first in range(0, len(trials), IMAGES_AT_ONCE):
        here = slice(first, first + IMAGES_AT_ONCE)
        x = encoding.encode(Trials(trials.images, trials.indices[here]), hidden.dtype)
        pre, n_on = _activate(x, hidden, settings)
        y = pre @ output + base[here]
        macs[here] = np.count_nonzero(x, axis=1) * hidden.shape[1] + n_on * output.shape[1]
        predictions[here] = y.argmax(axis=1)
        off = np.outer(_norms(x, 1), per_input) + np.outer(_norms(pre, 1), per_unit)
        off += 2 * _gamma(output) * np.abs(base[here])
        best = np.partition(y, -2, axis=1)[:, -2:].astype(np.float64)
        # False also where a weight has become infinite or no number.
        is_sure[here] = best[:, 1] - best[:, 0] > 2 * off.max(axis=1)
    return Answers(predictions, np.flatnonzero(~is_sure), int(macs[is_sure].sum()))


def _activate(x: FloatArray, weights: FloatArray, settings: Settings) -> tuple[FloatArray, NDArray[np.int64]]:
    """Activity of the hidden units and the one that is always on, and how many of them are on."""
    n_hidden = weights.shape[1]
    n_on = np.zeros(len(x), np.int64)
    pre = np.empty((len(x), n_hidden + (not settings.clamps_first)), x.dtype)
    for first in range(0, n_hidden, UNITS_AT_ONCE):
        units = slice(first, min(first + UNITS_AT_ONCE, n_hidden))
        activity = x @ weights[:, units]
        compiled(rectify_block)(activity, x.dtype.type(settings.slope), n_on)
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
