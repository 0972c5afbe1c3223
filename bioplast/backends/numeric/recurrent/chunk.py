"""Running chunks of trials in time, from Python."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FunctionType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric import reference
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.dense import DenseRules, make_dense
from bioplast.backends.numeric.recurrent.trial import Errors
from bioplast.backends.numeric.recurrent.trials import (
    Learning,
    Shown,
    clear_changes,
    descend,
    end_trials,
    run_chunk,
    take_answer,
)
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Signalling
from bioplast.kernels.dense import DenseArrays
from bioplast.keys import make_keys
from bioplast.network import Outcome, State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Proposal
from bioplast.tasks.sequences import Events, find_events
from bioplast.tasks.task import Trials

RATES = "rates"  # carried by the synapses among cells: running means of the cells' spikes per step


class Networks(Protocol):
    """What may run trials in the place of machine code (``bioplast.backends.brian.in_time``)."""

    @property
    def parts(self) -> dict[str, Callable[..., Any]]:
        """What takes the place of the kernel's functions of these names."""

    def make_trace(self, own: NDArray[Any], n_steps: int) -> Any:
        """Room for trials of at most ``n_steps``."""

    def prepare(self) -> None:
        """Make all ready."""


@dataclass(frozen=True)
class Dynamics:
    """What makes one kind of cell of a recurrent network another.

    Attributes
    ----------
    parts : the functions of the kernel that it replaces, ``run_forward`` and ``run_backward``
    constants : a named tuple of numbers in the dtype of the weights
    make_trace : gives room for trials of at most so many steps
    feedback : (n_cells, n_outputs), what brings errors to the cells; None for the readout's own weights
    is_mean : whether the error is that of the mean readout
    rate_target, rate_cost : spikes per step that cells are drawn to, and how strongly
    step : length of a step in ms
    has_spikes : whether cells send spikes, and not their activity in each step
    is_compiled : whether the parts are in Numba's subset of Python; if not, Python calls them, and machine
        code for all that is done between them
    prepare : makes the parts ready
    """

    parts: dict[str, Callable[..., Any]]
    constants: Any
    make_trace: Callable[[int], Any]
    feedback: NDArray[Any] | None
    is_mean: bool
    rate_target: float = 0.0
    rate_cost: float = 0.0
    step: int = 1
    has_spikes: bool = True
    is_compiled: bool = True
    prepare: Callable[[], object] = int

    @classmethod
    def of(cls, networks: Networks, own: NDArray[Any], **rest: Any) -> Dynamics:
        """Trials that ``networks`` run, of which ``own`` (n_cells,) is what cells differ in."""
        return cls(
            parts=networks.parts,
            make_trace=partial(networks.make_trace, own),
            is_compiled=False,
            prepare=networks.prepare,
            **rest,
        )

    def count(self, n_in: int, n_fired: int, n_steps: int, shape: tuple[int, int]) -> Signalling:
        """What signalling amounts to.

        Parameters
        ----------
        n_in, n_fired : spikes of inputs and cells
        n_steps : steps of all trials
        shape : numbers of cells and outputs
        """
        n_cells, n_targets = shape[0], shape[0] - 1 + shape[1]
        if self.has_spikes:
            return Signalling(n_in, n_fired, n_in * n_cells + n_fired * n_targets)
        return Signalling(macs=n_in * n_cells + n_steps * n_cells * n_targets)


@dataclass
class TimedChunks:
    """Shows trials in time to a recurrent network of three layers of synapses and moves its state on.

    Parameters
    ----------
    plasticity : what may change
    build_seconds : time spent on compiling, or on reading what an earlier process compiled
    """

    plasticity: Plasticity
    build_seconds: float = field(default=0.0, init=False)
    _ready: set[Any] = field(default_factory=set, init=False, repr=False)
    _mixed: dict[Any, Callable[..., bool]] = field(default_factory=dict, init=False, repr=False)
    _rules: DenseRules = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rules = DenseRules(self.plasticity)

    def present(self, state: State, trials: Trials, dynamics: Dynamics, *, learn: bool) -> Outcome:
        """Show ``trials`` in order and, with ``learn``, move the state on in place."""
        events = find_events(trials).in_steps_of(dynamics.step)
        into, among, out = state.layers
        dtype = into.weights.dtype
        n_cells, n_outputs = out.weights.shape
        arrays = tuple(make_dense(layer) for layer in state.layers)
        maintenance = np.zeros((3, 1))
        chains = tuple(
            self._rules.make_chain(layer, one) for layer, one in zip(state.layers, maintenance, strict=True)
        )
        n_steps = int(events.n_steps.max(initial=1))
        learning = Learning(
            gate=self._rules.gate_values,
            rates=among.carried[RATES],
            rate_target=dynamics.rate_target,
            rate_cost=dynamics.rate_cost,
            mean=np.zeros(n_outputs, dtype),
            errors=Errors(
                readout=np.zeros((n_steps, n_outputs), dtype),
                changes=events.series.size > 0 or not dynamics.is_mean,
                feedback=arrays[2].effective if dynamics.feedback is None else dynamics.feedback,
                pull=np.zeros(n_cells, dtype),
                signal=np.zeros(n_cells, dtype),
            ),
        )
        keys, predictions = make_keys(state, len(events)), np.zeros(len(events), np.int64)
        counts = np.zeros(2, np.int64)
        kernel = self._make_kernel(dynamics)
        trace, constants = dynamics.make_trace(n_steps), dynamics.constants
        fixed = (arrays, chains, trace, constants, _show(events), learning, keys, predictions, counts)
        self._build(kernel, dtype, dynamics, *fixed)
        if self._rules.is_fast or not learn:
            kernel(*fixed, 0, len(events), learn, True)
        else:
            for trial in range(len(events)):
                opened = kernel(*fixed, trial, trial + 1, learn, False)
                label = int(events.labels[trial])
                gate = self.plasticity.gate
                if gate is None or gate.has("fast") or gate.opens(learning.mean, label):
                    self._end_trial(state, arrays, learning, trace, keys[trial], opened=opened)
                self._fade(state, arrays)
        if learn:
            state.trial += len(events)
            for layer, one in zip(state.layers, maintenance, strict=True):
                layer.books.maintenance += float(one[0])
        return Outcome(
            predictions,
            dynamics.count(int(counts[0]), int(counts[1]), int(events.n_steps.sum()), (n_cells, n_outputs)),
        )

    def _end_trial(
        self,
        state: State,
        arrays: tuple[DenseArrays, ...],
        learning: Learning,
        trace: Any,
        keys: NDArray[np.int64],
        *,
        opened: bool,
    ) -> None:
        """What the kernel's ``end_trial`` does, by the NumPy meaning of the rules."""
        if not opened:
            return
        rates = trace.n_spikes.astype(learning.mean.dtype)
        for index, (layer, synapses) in enumerate(zip(state.layers, arrays, strict=True)):
            proposal = Proposal(
                view=layer.view,
                delta_w=synapses.change,
                weights=layer.effective,
                error=learning.errors.readout[-1] if index == 2 else learning.errors.signal,
                activity=learning.mean if index == 2 else rates,
                key=int(keys[index]),
                memory=layer.carried.get("memory", np.zeros(0)),
            )
            reference.change_layer(layer, proposal, self.plasticity, Settings())

    def _fade(self, state: State, arrays: tuple[DenseArrays, ...]) -> None:
        consolidation = self.plasticity.consolidation
        for layer, synapses in zip(state.layers, arrays, strict=True):
            if consolidation is not None:
                layer.books.maintenance += consolidation.decay_step(layer.carried["transient"])
                synapses.effective[...] = layer.effective

    def _make_kernel(self, dynamics: Dynamics) -> Callable[..., bool]:
        """``run_chunk`` with what network and rules replace."""
        if dynamics.is_compiled:
            return compiled(run_chunk, **dynamics.parts, **self._rules.parts)
        own = tuple(dynamics.parts.items())
        if own not in self._mixed:
            between = (clear_changes, take_answer, descend, end_trials)
            parts = {function.__name__: compiled(function, **self._rules.parts) for function in between}
            self._mixed[own] = with_parts(run_chunk, **parts, **dynamics.parts)
        return self._mixed[own]

    def _build(
        self, kernel: Callable[..., bool], dtype: np.dtype[Any], dynamics: Dynamics, *fixed: Any
    ) -> None:
        """Have the machine code made, by a chunk of no trials, and take the time it needs."""
        if (kernel, dtype) in self._ready:
            return
        started = time.perf_counter()
        dynamics.prepare()
        kernel(*fixed, 0, 0, False, False)
        self.build_seconds += time.perf_counter() - started
        self._ready.add((kernel, dtype))


def with_parts(function: Callable[..., Any], **parts: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with other functions in place of those that it calls by these names."""
    assert isinstance(function, FunctionType)
    return FunctionType(function.__code__, {**function.__globals__, **parts}, function.__name__)


def _show(events: Events) -> Shown:
    n_series = events.n_steps if events.series.size else np.zeros(len(events), np.int64)
    series = events.series if events.series.size else np.zeros((0, 1))
    return Shown(
        events.n_steps,
        events.answer_from,
        events.starts,
        events.steps,
        events.units,
        events.labels,
        np.concatenate([[0], np.cumsum(n_series)]),
        np.ascontiguousarray(series, np.float64),
        events.tolerance,
    )
