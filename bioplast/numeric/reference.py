"""The network in NumPy: what a trial means, step by step. The oracle of the kernels.

Sums over presynaptic units are taken in the order of the units, over those that are active, so that a
kernel that does the same gives the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.energy import Signalling
from bioplast.keys import make_keys
from bioplast.network import Layer, Outcome, State
from bioplast.numeric.encoding import Encoding
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
    encoding: Encoding,
    plasticity: Plasticity,
    learn: bool,
) -> Outcome:
    """Show ``trials`` in order and, with ``learn``, move the state on in place."""
    hidden, output = state.layers
    dtype = hidden.weights.dtype
    images = encoding.encode(trials, dtype)
    slope = dtype.type(settings.slope)
    predictions = np.empty(len(trials), np.int64)
    keys = make_keys(state, len(trials))
    macs = 0
    for trial, (x, label) in enumerate(zip(images, trials.labels, strict=True)):
        h = weigh(x, hidden.acting)
        r = np.where(h > 0, h, slope * h)
        pre = np.append(dtype.type(1), r[1:]) if settings.clamps_first else np.append(r, dtype.type(1))
        y = weigh(pre, output.acting)
        macs += int(np.count_nonzero(x)) * h.size + int(np.count_nonzero(pre)) * y.size
        predictions[trial] = y.argmax()
        if not learn:
            continue
        if plasticity.gate is None or plasticity.gate.opens(y, int(label)):
            delta_out = -y
            delta_out[label] += 1
            back = weigh(delta_out, output.acting[: h.size].T)
            delta_hid = np.where(h > 0, back, dtype.type(settings.error_slope) * back)
            for layer, eta, sender, delta, activity, key in (
                (hidden, settings.learning_rate, x, delta_hid, r, keys[trial, 0]),
                (output, settings.learning_rate_output, pre, delta_out, y, keys[trial, 1]),
            ):
                step = dtype.type(eta) * delta
                proposal = Proposal(
                    layer=layer.name,
                    delta_w=sender[:, np.newaxis] * step,
                    weights=layer.acting,
                    plastic=layer.plastic,
                    error=delta,
                    activity=activity,
                    key=int(key),
                    memory=layer.carried.get("memory", np.zeros(0)),
                    n_counted=layer.weights.size if settings.ranks_all else None,
                )
                change_layer(layer, proposal, plasticity, settings)
        if plasticity.consolidation is not None:
            for layer in state.layers:
                layer.books.maintenance += plasticity.consolidation.wait(layer.carried["transient"])
        state.trial += 1
    return Outcome(predictions, Signalling(macs=macs))


def weigh(pre: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum of ``pre[i] * weights[i]`` over the active units i, added up in their order: (n_post,)."""
    active = np.flatnonzero(pre)
    terms = np.ascontiguousarray(pre[active, np.newaxis] * weights[active])
    return np.add.reduce(terms, axis=0)


def change_layer(layer: Layer, proposal: Proposal, plasticity: Plasticity, settings: Settings) -> None:
    """Path -> selection -> consolidation -> write -> book, for one layer in one trial."""
    if not layer.plastic.any():
        return
    written = plasticity.selection.mask(proposal) & layer.plastic
    plasticity.selection.remember(proposal, written)
    change = np.where(written, proposal.delta_w, proposal.delta_w.dtype.type(0))
    if plasticity.consolidation is not None:
        change = plasticity.consolidation.absorb(layer.carried["transient"], change)
    before = layer.weights.copy()
    layer.weights += change
    if settings.books_proposals:
        layer.books.record(np.zeros_like(change), change)
    else:
        layer.books.record(before, layer.weights)
