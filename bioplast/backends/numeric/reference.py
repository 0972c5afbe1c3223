"""The network in NumPy: what a trial means, step by step. The oracle of the kernels.

Sums over presynaptic units are taken in the order of the units, over those that are active, so that a
kernel that does the same gives the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bioplast.backends.numeric.encoding import Encoding
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Signalling
from bioplast.kernels.synapse_arrays import FloatArray
from bioplast.keys import make_keys
from bioplast.network import Layer, Outcome, State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.shapes import check_array
from bioplast.tasks.task import Trials


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
    dtype = state.layers[0].weights.dtype
    images = encoding.encode(trials, dtype)
    predictions = np.empty(len(trials), np.int64)
    keys = make_keys(state, len(trials))
    macs = 0
    for trial, (x, label) in enumerate(zip(images, trials.labels, strict=True)):
        inputs, activities = _pass_forward(x, state.layers, settings)
        macs += sum(int(np.count_nonzero(pre)) * r.size for pre, r in zip(inputs, activities, strict=True))
        y = activities[-1]
        predictions[trial] = y.argmax()
        if not learn:
            continue
        if plasticity.gate is None or plasticity.gate.opens(y, int(label)):
            errors = _pass_back(int(label), activities, state.layers, settings)
            for index, layer in enumerate(state.layers):
                is_last = index == len(state.layers) - 1
                eta = settings.learning_rate_output if is_last else settings.learning_rate
                step = dtype.type(eta * trials.rate) * errors[index]
                proposal = Proposal(
                    view=layer.view,
                    delta_w=inputs[index][:, np.newaxis] * step,
                    weights=layer.effective,
                    error=errors[index],
                    activity=activities[index],
                    key=int(keys[trial, index]),
                    memory=layer.carried.get("memory", np.zeros(0)),
                    n_counted=layer.weights.size if settings.ranks_all else None,
                )
                change_layer(layer, proposal, plasticity, settings)
        if plasticity.consolidation is not None:
            for layer in state.layers:
                layer.books.maintenance += plasticity.consolidation.decay_step(layer.carried["transient"])
        state.trial += 1
    return Outcome(predictions, Signalling(macs=macs))


def _pass_forward(
    x: FloatArray, layers: Sequence[Layer], settings: Settings
) -> tuple[list[FloatArray], list[FloatArray]]:
    """What each layer of synapses gets, (n_pre,), and the activity behind it, (n_post,).

    The output's activity is its drive: what the loss makes of it does not change which class wins.
    """
    one, slope = x.dtype.type(1), x.dtype.type(settings.slope)
    inputs, activities = [x], [weigh(x, layers[0].effective)]
    for layer in layers[1:]:
        r = activities[-1] = settings.unit.activate(activities[-1], slope)
        inputs.append(np.append(one, r[1:]) if settings.clamps_first else np.append(r, one))
        activities.append(weigh(inputs[-1], layer.effective))
    return inputs, activities


def _pass_back(
    label: int, activities: Sequence[FloatArray], layers: Sequence[Layer], settings: Settings
) -> list[FloatArray]:
    """Error of the units behind each layer of synapses, (n_post,), the slope of the activation included."""
    slope = activities[-1].dtype.type(settings.error_slope)
    errors = [settings.output.compute_error(activities[-1], label)]
    for r, layer in zip(activities[-2::-1], layers[:0:-1], strict=True):
        back = weigh(errors[0], layer.effective[: r.size].T)
        errors.insert(0, settings.unit.bend(back, r, slope))
    return errors


def weigh(pre: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum of ``pre[i] * weights[i]`` over the active units i, added up in their order: (n_post,)."""
    active = np.flatnonzero(pre)
    terms = np.ascontiguousarray(pre[active, np.newaxis] * weights[active])
    return np.add.reduce(terms, axis=0)


def change_layer(layer: Layer, proposal: Proposal, plasticity: Plasticity, settings: Settings) -> None:
    """Transforms -> path -> selection -> consolidation -> write -> book, for one layer in one trial."""
    if not layer.plastic.any():
        return
    for part in plasticity.transforms:
        own = {key.removeprefix(f"{part.name}."): array for key, array in layer.carried.items()}
        proposal = replace(proposal, delta_w=part.transform(proposal, own))
        call = f"transform() of {part.name}"
        check_array(call, proposal.delta_w, layer.weights.shape, layer.weights.dtype)
    mask = plasticity.selection.mask(proposal)
    check_array(f"mask() of {plasticity.selection.name}", mask, layer.weights.shape, bool)
    written = mask & layer.plastic
    plasticity.selection.remember(proposal, written)
    change = np.where(written, proposal.delta_w, proposal.delta_w.dtype.type(0))
    if plasticity.consolidation is not None:
        change = plasticity.consolidation.accumulate(layer.carried["transient"], change)
    before = layer.weights.copy()
    layer.weights += change
    if settings.books_proposals:
        layer.books.record(np.zeros_like(change), change)
    else:
        layer.books.record(before, layer.weights)
