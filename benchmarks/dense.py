"""The trial written straight down in NumPy: whole matrices and masks, float32, books for every synapse.

One program for every rule: what is proposed, what may change and what is written are matrices of the
layer's shape. It is the reference that speed is quoted against; ``lean`` is the same written for speed,
and ``bioplast.backends.numeric.reference`` is the oracle, exact to the bit and slower.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.settings import Settings
from bioplast.network import Layer, State
from bioplast.plasticity import Largest, Plasticity
from bioplast.tasks.task import Images, Trials

FloatArray = NDArray[np.floating[Any]]


class DenseNetwork:
    """784-N-10 and its like, with ``plain`` or ``largest(f)`` and any path.

    Parameters
    ----------
    state : layers and books; they move on in place
    plasticity : what may change
    settings : of the network
    """

    def __init__(self, state: State, plasticity: Plasticity, settings: Settings) -> None:
        self.state, self.selection, self.settings = state, plasticity.selection, settings

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""
        settings = self.settings
        hidden, output = self.state.layers
        inputs = Rates().encode(Trials(images, indices), np.float32)
        predictions = np.empty(len(indices), np.int64)
        for trial, (x, label) in enumerate(zip(inputs, images.labels[indices], strict=True)):
            h = x @ hidden.weights
            r = np.append(np.maximum(h, 0), np.float32(1))
            y = r @ output.weights
            predictions[trial] = y.argmax()
            delta_out = -y
            delta_out[label] += 1
            back = output.weights[:-1] @ delta_out
            delta_hid = np.where(h > 0, back, np.float32(settings.error_slope) * back)
            self._change(hidden, np.outer(x, np.float32(settings.learning_rate) * delta_hid))
            self._change(output, np.outer(r, np.float32(settings.learning_rate_output) * delta_out))
        self.state.trial += len(indices)
        return predictions

    @property
    def n_writes(self) -> int:
        """Weight writes so far."""
        return sum(energy.m0 for energy in self.state.energies.values())

    @property
    def m1(self) -> float:
        """Summed size of the changes so far."""
        return sum(energy.m1 for energy in self.state.energies.values())

    def _change(self, layer: Layer, delta_w: FloatArray) -> None:
        if not layer.plastic.all():
            delta_w[~layer.plastic] = 0
        if isinstance(self.selection, Largest):
            sizes = np.abs(delta_w)
            candidates = sizes.ravel() if layer.plastic.all() else sizes[layer.plastic]
            rank = candidates.size - self.selection.count(layer.view, candidates.size)
            delta_w[sizes < np.partition(candidates, rank)[rank]] = 0
        before = layer.weights.copy()
        layer.weights += delta_w
        applied = np.abs(layer.weights.astype(np.float64) - before)
        layer.books.m0 += applied != 0
        layer.books.m1 += applied
