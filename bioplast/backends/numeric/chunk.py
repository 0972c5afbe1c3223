"""Running chunks of trials in machine code, from Python."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric import reference
from bioplast.backends.numeric.arrays import make_arrays
from bioplast.backends.numeric.batch import answer
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.encoding import Encoding
from bioplast.backends.numeric.frozen import FrozenUnits, Part, find_live
from bioplast.backends.numeric.kernel import Constants, run_chunk
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Signalling
from bioplast.kernels.write_loops import book_proposal
from bioplast.keys import make_keys
from bioplast.network import Layer, Outcome, State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.forms import FastForm
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
    encoding: Encoding
    plasticity: Plasticity
    build_seconds: float = field(default=0.0, init=False)
    _ready: set[tuple[Any, ...]] = field(default_factory=set, init=False, repr=False)
    _frozen: FrozenUnits | None = field(default=None, init=False, repr=False)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show ``trials`` in order and, with ``learn``, move the state on in place."""
        if not self.plasticity.has("fast"):
            # A network that diverges is found by its weights, as the kernel's are.
            with np.errstate(over="ignore", invalid="ignore"):
                return reference.present(
                    state,
                    trials,
                    settings=self.settings,
                    encoding=self.encoding,
                    plasticity=self.plasticity,
                    learn=learn,
                )
        first, second, *rest = state.layers
        live = find_live(first, second, clamps_first=self.settings.clamps_first)
        if live.size == first.weights.shape[1]:
            base = np.zeros((len(trials), second.weights.shape[1]), first.weights.dtype)
            return self._show(state, state.layers, trials, base, 0, learn=learn)
        if self._frozen is None or self._frozen.first is not first:
            self._frozen = FrozenUnits(first, second, live, self.settings)
        base, macs = self._frozen.compute(trials, self.encoding)
        part = Part.take(first, second, live)
        outcome = self._show(state, (*part.layers, *rest), trials, base, macs, learn=learn)
        if learn:
            part.put_back()
        return outcome

    def _show(
        self,
        state: State,
        layers: tuple[Layer, ...],
        trials: Trials,
        base: NDArray[Any],
        macs: int,
        *,
        learn: bool,
    ) -> Outcome:
        """By the kernel, or what can be by matrix products: the predictions are the same."""
        if learn or not self.encoding.is_dense:
            return self._run(state, layers, trials, base, macs, learn=learn)
        answers = answer(layers, trials, base, self.encoding, self.settings)
        rest = Trials(trials.images, trials.indices[answers.doubtful])
        outcome = self._run(state, layers, rest, base[answers.doubtful], macs + answers.macs, learn=False)
        answers.predictions[answers.doubtful] = outcome.predictions
        return Outcome(answers.predictions, outcome.signalling)

    def _run(
        self,
        state: State,
        layers: tuple[Layer, ...],
        trials: Trials,
        base: NDArray[Any],
        macs: int,
        *,
        learn: bool,
    ) -> Outcome:
        dtype = layers[0].weights.dtype
        gate, consolidation = self.plasticity.gate, self.plasticity.consolidation
        opening = FastForm() if gate is None else gate.fast()
        keeping = FastForm() if consolidation is None else consolidation.fast()
        choices = [self._select(state, layer) for layer in layers]
        arrays = tuple(
            make_arrays(layer, choice.parameters, keeping.parameters)
            for layer, choice in zip(layers, choices, strict=True)
        )
        read_image, source, table = self.encoding.fast(trials, dtype)
        units = {**self.settings.unit.parts, **self.settings.output.parts}
        parts = {**units, **choices[0].parts, **opening.parts, **keeping.parts, "read_image": read_image}
        if self.settings.books_proposals:
            parts["book"] = book_proposal
        kernel = compiled(run_chunk, **parts)
        constants = self._make_constants(dtype, trials.rate)
        network = (arrays, constants, np.array(opening.parameters, np.float64))
        image_arrays = (_freeze(source), _freeze(table))
        indices, labels = _freeze(trials.indices.astype(np.int64)), _freeze(trials.labels.astype(np.int64))
        keys, predictions = make_keys(state, len(trials)), np.empty(len(trials), np.int64)
        chunk = (keys, base, predictions, np.zeros(len(arrays), np.int64), learn)
        self._build(kernel, dtype, *network, *image_arrays, indices[:0], labels[:0], *chunk)
        macs += int(kernel(*network, *image_arrays, indices, labels, *chunk))
        if learn:
            state.trial += len(trials)
            for layer, synapses in zip(layers, arrays, strict=True):
                layer.books.maintenance += float(synapses.maintenance[0])
        return Outcome(predictions, Signalling(macs=macs))

    def _select(self, state: State, layer: Layer) -> FastForm:
        whole = next(one for one in state.layers if one.name == layer.name)
        n_counted = whole.weights.size if self.settings.ranks_all else int(layer.plastic.sum())
        return self.plasticity.selection.fast(layer.view, n_counted)

    def _make_constants(self, dtype: np.dtype[Any], rate: float) -> Constants:
        settings = self.settings
        return Constants(
            learning_rate=dtype.type(settings.learning_rate * rate),
            learning_rate_output=dtype.type(settings.learning_rate_output * rate),
            slope=dtype.type(settings.slope),
            error_slope=dtype.type(settings.error_slope),
            clamps_first=settings.clamps_first,
        )

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
