"""Units of the first hidden layer that never change: what they give to the next is a constant of the image.

With ``subnet(k)`` all but k of them are frozen. Their part is computed once an image, many images at a time,
by matrix products; what is trained is a network of k units. The products are
our own: they have the same bits wherever they are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.activation import rectify as activate  # which ``compiled`` replaces
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.encoding import Encoding
from bioplast.backends.numeric.product import multiply
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Books
from bioplast.kernels.synapse_arrays import FloatArray, IntArray
from bioplast.network import Layer
from bioplast.tasks.task import Images, Trials

UNITS_AT_ONCE = 4096  # hidden units in one matrix product: bounds the memory, fills the processor
IMAGES_AT_ONCE = 2000


def find_live(first: Layer, second: Layer, *, clamps_first: bool) -> IntArray:
    """Units between two layers of synapses that have a plastic one, by index; a clamped one counts always."""
    n_hidden = first.weights.shape[1]
    live = np.asarray(np.any(first.plastic, axis=0) | np.any(second.plastic[:n_hidden], axis=1))
    if clamps_first:
        live[0] = True
    return np.flatnonzero(live)


@dataclass(frozen=True)
class Part:
    """The live part of two layers: copies, put back when they have learned."""

    whole: tuple[Layer, Layer]
    layers: tuple[Layer, Layer]
    live: IntArray
    senders: IntArray

    @classmethod
    def take(cls, first: Layer, second: Layer, live: IntArray) -> Part:
        """The hidden units ``live`` and, where the second layer has one, its bias."""
        senders = np.concatenate([live, np.arange(first.weights.shape[1], second.weights.shape[0])])
        layers = (_take(first, np.s_[:, live]), _take(second, np.s_[senders, :]))
        return cls((first, second), layers, live, senders)

    def put_back(self) -> None:
        """Write into the whole layers what has become of their live part."""
        places: tuple[Any, Any] = (np.s_[:, self.live], np.s_[self.senders, :])
        for whole, part, place in zip(self.whole, self.layers, places, strict=True):
            whole.weights[place] = part.weights
            whole.books.m0[place] = part.books.m0
            whole.books.m1[place] = part.books.m1
            whole.books.maintenance = part.books.maintenance
            for name, array in whole.carried.items():
                if (own := _find_place(array, whole, place)) is not None:
                    array[own] = part.carried[name]


def _find_place(array: NDArray[Any], layer: Layer, place: Any) -> Any:
    """Where in what ``layer`` carries its part at ``place`` stands; None if it has no value for each."""
    whole: dict[tuple[int, ...], Any] = {layer.weights.shape[1:]: place[1:], layer.weights.shape: place}
    return whole.get(array.shape)


def _take(layer: Layer, place: Any) -> Layer:
    books, carried = layer.books, dict(layer.carried)
    for name, array in layer.carried.items():
        if (own := _find_place(array, layer, place)) is not None:
            carried[name] = np.ascontiguousarray(array[own])
    initial, weights, plastic, m0, m1 = (
        np.ascontiguousarray(array[place])
        for array in (books.initial, layer.weights, layer.plastic, books.m0, books.m1)
    )
    return replace(
        layer,
        weights=weights,
        plastic=plastic,
        books=Books(initial, m0, m1, books.maintenance),
        carried=carried,
    )


@dataclass
class FrozenUnits:
    """What the frozen units of the first hidden layer give to the next, image by image.

    Parameters
    ----------
    first, second : the layers of synapses onto them and from them
    live : the hidden units that are not frozen
    settings : with the activation and its slope below zero
    """

    first: Layer
    second: Layer
    live: IntArray
    settings: Settings
    _known: dict[int, tuple[Images, FloatArray, IntArray]] = field(default_factory=dict, init=False)

    def compute(self, trials: Trials, encoding: Encoding) -> tuple[FloatArray, int]:
        """Their part of the next layer's drive, (n_trials, n_units), and its multiply-accumulates."""
        images = trials.images
        if images.passing:
            sums, macs = self._weigh(encoding.encode(trials, self.first.weights.dtype))
            return sums, int(macs.sum())
        if id(images) not in self._known:
            n_units = self.second.weights.shape[1]
            sums = np.zeros((len(images), n_units), self.first.weights.dtype)
            self._known[id(images)] = images, sums, np.full(len(images), -1)
        _, sums, macs = self._known[id(images)]
        fresh = np.unique(trials.indices[macs[trials.indices] < 0])
        for first in range(0, len(fresh), IMAGES_AT_ONCE):
            indices = fresh[first : first + IMAGES_AT_ONCE]
            inputs = encoding.encode(Trials(images, indices), sums.dtype)
            sums[indices], macs[indices] = self._weigh(inputs)
        return sums[trials.indices], int(macs[trials.indices].sum())

    def _weigh(self, inputs: FloatArray) -> tuple[FloatArray, IntArray]:
        frozen = np.setdiff1d(np.arange(self.first.weights.shape[1]), self.live)
        slope = inputs.dtype.type(self.settings.slope)
        activate_units = compiled(activate_block, **self.settings.unit.parts)
        sums = np.zeros((len(inputs), self.second.weights.shape[1]), inputs.dtype)
        macs = np.count_nonzero(inputs, axis=1) * frozen.size
        n_on = np.zeros(len(inputs), np.int64)
        for first in range(0, frozen.size, UNITS_AT_ONCE):
            units = _as_slice(frozen[first : first + UNITS_AT_ONCE])
            activity = multiply(inputs, self.first.weights[:, units])
            activate_units(activity, slope, n_on)
            sums += multiply(self.second.weights[units].T, activity.T).T
        return sums, macs + n_on * sums.shape[1]


def activate_block(activity: FloatArray, slope: Any, n_on: IntArray) -> None:
    """Apply the activation in place, and add to ``n_on`` how many units are on, image by image."""
    for image in range(activity.shape[0]):
        n = 0
        for j in range(activity.shape[1]):
            activity[image, j] = activate(activity[image, j], slope)
            n += activity[image, j] != 0
        n_on[image] += n


def _as_slice(units: IntArray) -> Any:
    """The same units as a slice where they are neighbors: it takes no copy of their weights."""
    first, last = int(units[0]), int(units[-1])
    return slice(first, last + 1) if last - first == len(units) - 1 else units
