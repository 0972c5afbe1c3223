"""Running chunks of trials in machine code, from the side of Python."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.energy import Signalling
from bioplast.network import Layer, Outcome, State
from bioplast.numeric.compiled import compiled
from bioplast.numeric.encoding import Rates
from bioplast.numeric.kernel import Constants, run_chunk
from bioplast.numeric.settings import Settings
from bioplast.plasticity import Plasticity
from bioplast.plasticity.side import Side
from bioplast.tasks.task import Trials


@dataclass
class Chunks:
    """The fast form of ``reference.present``: the same state gets the same numbers.

    Parameters
    ----------
    settings, encoding, plasticity : the network
    build_seconds : time spent on compiling, or on reading what an earlier process compiled
    """

    settings: Settings
    encoding: Rates
    plasticity: Plasticity
    build_seconds: float = field(default=0.0, init=False)
    _ready: set[tuple[Any, ...]] = field(default_factory=set, init=False, repr=False)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show ``trials`` in order and, with ``learn``, move the state on in place."""
        hidden, output = state.layers
        dtype = hidden.weights.dtype
        fast = self.plasticity.selection.fast
        forms = [fast(layer.name, int(layer.plastic.sum())) for layer in state.layers]
        read_image, source, table = self.encoding.fast(trials, dtype)
        kernel = compiled(run_chunk, read_image=read_image, select=forms[0].select)
        network = (
            make_side(hidden),
            make_side(output),
            np.array(forms[0].parameters, np.float64),
            np.array(forms[1].parameters, np.float64),
            Constants(*(dtype.type(value) for value in astuple(self.settings))),
            _freeze(source),
            _freeze(table),
        )
        indices, labels = _freeze(trials.indices.astype(np.int64)), _freeze(trials.labels.astype(np.int64))
        predictions = np.empty(len(trials), np.int64)
        self._build(kernel, dtype, *network, indices[:0], labels[:0], predictions, learn)
        macs = kernel(*network, indices, labels, predictions, learn)
        if learn:
            state.trial += len(trials)
        return Outcome(predictions, Signalling(macs=int(macs)))

    def _build(self, kernel: Callable[..., int], dtype: np.dtype[Any], *no_trials: Any) -> None:
        """Have the machine code made, by a chunk of no trials, and take the time it needs."""
        if (kernel, dtype) in self._ready:
            return
        started = time.perf_counter()
        kernel(*no_trials)
        self.build_seconds += time.perf_counter() - started
        self._ready.add((kernel, dtype))


def _freeze(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view in row order, so that every caller's array has the same type in machine code."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def make_side(layer: Layer) -> Side:
    """The layer's arrays for a kernel, and room for what a trial puts there."""
    n_pre, n_post = layer.weights.shape
    dtype = layer.weights.dtype
    rows, columns = np.any(layer.plastic, axis=1), np.any(layer.plastic, axis=0)
    n_columns = int(np.flatnonzero(columns)[-1]) + 1 if columns.any() else 0
    return Side(
        weights=layer.weights,
        m0=layer.books.m0,
        m1=layer.books.m1,
        plastic=layer.plastic,
        row_is_plastic=rows,
        has_gaps=not layer.plastic[rows, :n_columns].all(),
        n_columns=n_columns,
        n_plastic=int(layer.plastic.sum()),
        pre=np.zeros(n_pre, dtype),
        rows=np.zeros(n_pre, np.int64),
        step=np.zeros(n_post, dtype),
        error=np.zeros(n_post, dtype),
        activity=np.zeros(n_post, dtype),
        columns=np.zeros(n_post, np.int64),
        high=np.zeros(n_pre, dtype),
        low=np.zeros(n_post, dtype),
    )
