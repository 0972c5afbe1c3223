"""The network in NumPy: what a trial means, step by step. The oracle of the kernels.

Sums over presynaptic units are taken in the order of the units, over those that are active, so that a
kernel that does the same gives the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.energy import Signalling
from bioplast.network import Layer, Outcome, State
from bioplast.numeric.encoding import Rates
from bioplast.numeric.settings import Settings
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Proposal
from bioplast.tasks.task import Trials

FloatArray = NDArray[np.floating[Any]]


def present(
    state: State,
    trials: Trials,
    *,
    settings: Settings,
    encoding: Rates,
    plasticity: Plasticity,
    learn: bool,
) -> Outcome:
    """Show ``trials`` in order and, with ``learn``, move the state on in place."""
    hidden, output = state.layers
    dtype = hidden.weights.dtype
    images = encoding.encode(trials, dtype)
    slope, error_slope = dtype.type(settings.slope), dtype.type(settings.error_slope)
    predictions = np.empty(len(trials), np.int64)
    macs = 0
    for trial, (x, label) in enumerate(zip(images, trials.labels, strict=True)):
        h = weigh(x, hidden.weights)
        r = np.append(np.where(h > 0, h, slope * h), dtype.type(1))
        y = weigh(r, output.weights)
        macs += int(np.count_nonzero(x)) * h.size + int(np.count_nonzero(r)) * y.size
        predictions[trial] = y.argmax()
        if not learn:
            continue
        delta_out = -y
        delta_out[label] += 1
        back = weigh(delta_out, output.weights[:-1].T)
        delta_hid = np.where(h > 0, back, error_slope * back)
        change_layer(hidden, x, delta_hid, r[:-1], settings.learning_rate, plasticity)
        change_layer(output, r, delta_out, y, settings.learning_rate_output, plasticity)
        state.trial += 1
    return Outcome(predictions, Signalling(macs=macs))


def weigh(pre: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum of ``pre[i] * weights[i]`` over the active units i, added up in their order: (n_post,)."""
    active = np.flatnonzero(pre)
    terms = np.ascontiguousarray(pre[active, np.newaxis] * weights[active])
    return np.add.reduce(terms, axis=0)


def change_layer(
    layer: Layer,
    pre: FloatArray,
    delta: FloatArray,
    activity: FloatArray,
    learning_rate: float,
    plasticity: Plasticity,
) -> None:
    """Proposal -> path -> selection -> write -> book, for one layer in one trial.

    Parameters
    ----------
    pre : (n_pre,), activity of the presynaptic units
    delta : (n_post,), error of the postsynaptic units times the slope of their activation
    activity : (n_post,), their activity
    """
    step = delta.dtype.type(learning_rate) * delta
    proposal = Proposal(
        layer=layer.name,
        delta_w=pre[:, np.newaxis] * step,
        weights=layer.weights,
        plastic=layer.plastic,
        error=delta,
        activity=activity,
    )
    written = plasticity.selection.mask(proposal) & layer.plastic
    before = layer.weights.copy()
    layer.weights += np.where(written, proposal.delta_w, delta.dtype.type(0))
    layer.books.record(before, layer.weights)
