"""The same trial in NumPy, written for speed: zero inputs and frozen synapses are left out.

The rows of inputs that are zero are neither read nor written, and with ``subnet(k)`` only k columns are
written. It is what a careful programmer gets out of NumPy for these two kinds of rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.settings import Settings
from bioplast.network import Layer, State
from bioplast.plasticity import Largest, Plasticity, Subnet
from bioplast.tasks.task import Images, Trials

FloatArray = NDArray[np.floating[Any]]


class LeanNetwork:
    """784-N-10 and its like, with ``plain`` or ``largest(f)``, and ``subnet(k)`` with either.

    Parameters
    ----------
    state : layers and books; they move on in place
    plasticity : what may change
    settings : of the network
    """

    def __init__(self, state: State, plasticity: Plasticity, settings: Settings) -> None:
        self.state, self.settings = state, settings
        # Hidden units on the path: the first k of them, so that a slice needs no copy.
        self.n_live = plasticity.path.units if isinstance(plasticity.path, Subnet) else None
        self.n_written: dict[str, int] = {}
        if isinstance(plasticity.selection, Largest):
            for layer in state.layers:
                self.n_written[layer.name] = plasticity.selection.count(layer.view, layer.view.n_plastic)

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""
        settings, live = self.settings, slice(0, self.n_live)
        hidden, output = self.state.layers
        inputs = Rates().encode(Trials(images, indices), np.float32)
        predictions = np.empty(len(indices), np.int64)
        for trial, (x, label) in enumerate(zip(inputs, images.labels[indices], strict=True)):
            active = np.flatnonzero(x)
            x_active = x[active]
            h = x_active @ hidden.weights[active]
            r = np.append(np.maximum(h, 0), np.float32(1))
            y = r @ output.weights
            predictions[trial] = y.argmax()
            delta_out = -y
            delta_out[label] += 1
            back = output.weights[live][: h.size] @ delta_out
            delta_hid = np.where(h[live] > 0, back, np.float32(settings.error_slope) * back)
            on = np.flatnonzero(r[live])
            step = np.float32(settings.learning_rate) * delta_hid
            self._change(hidden, active, live, x_active, step)
            step = np.float32(settings.learning_rate_output) * delta_out
            self._change(output, on, slice(None), r[on], step)
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

    def _change(
        self, layer: Layer, rows: NDArray[np.int64], columns: slice, pre: FloatArray, step: FloatArray
    ) -> None:
        delta_w = np.outer(pre, step)
        n_written = self.n_written.get(layer.name, delta_w.size)
        if n_written < delta_w.size:
            sizes = np.abs(delta_w)
            rank = sizes.size - n_written
            delta_w[sizes < np.partition(sizes, rank, axis=None)[rank]] = 0
        before = layer.weights[rows, columns]
        after = before + delta_w
        applied = np.abs(after.astype(np.float64) - before)
        layer.weights[rows, columns] = after
        layer.books.m0[rows, columns] += applied != 0
        layer.books.m1[rows, columns] += applied
