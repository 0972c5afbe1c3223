"""What the Brian2 models share: from a state to a run of the network and back.

A model file states its network as a graph with equations.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.dale import draw_signs, find_bounds, impose_signs
from bioplast.backends.brian.events import make_phases
from bioplast.backends.brian.feedback import (
    FEEDBACKS,
    Feedback,
    draw_feedback,
    give_feedback,
    make_feedback_layers,
    take_feedback,
)
from bioplast.backends.brian.layers import give_layer, name_group, name_results, take_layer
from bioplast.backends.brian.runners import RUNNERS, Runner
from bioplast.backends.programs.program import Values
from bioplast.backends.programs.stimulus import MAX_LAYERS, Screen, Stimulus, make_stimulus_functions
from bioplast.changes import check_changes
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.keys import make_keys
from bioplast.network import DTYPES, Graph, Outcome, Population, State
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_between, check_choice, check_not_negative
from bioplast.signals import leave_signals
from bioplast.sizes import Hidden, list_sizes
from bioplast.tasks.task import Trials

if TYPE_CHECKING:  # a program that is found again is run without Brian2, which takes long to import
    from brian2 import BrianObject, Network


@dataclass
class BrianModel(ABC):
    """A network in Brian2.

    A model states its populations and projections, with their equations, and when the readout is read;
    everything else follows. Its Brian2 network has a group for each population (that of the input
    is called ``inputs``), Synapses for each projection (``input_to_hidden`` and the like), and the monitor
    ``answers`` of the readout's event of that kind, one per trial at least, the first of which counts.

    Parameters
    ----------
    n_pixels, n_classes, n_hidden : numbers of units, the always-on ones not counted; several hidden
        populations are a tuple
    plasticity : what may change
    device : ``"cpp_standalone"`` or ``"runtime"``
    dtype : of all variables but the books
    feedback : weights through which errors reach hidden cells: ``"symmetric"``, ``"random"``, ``"sign"``,
        ``"direct"`` or ``"learned"`` (``bioplast.backends.brian.feedback``)
    sd_feedback : standard deviation of the feedback weights as they begin
    feedback_decay : share of itself that a synapse loses at a write where feedback is learned, in [0, 1)
    dale : whether all synapses that leave a cell have one sign (``bioplast.backends.brian.dale``)
    excitatory : share of cells, if they are of two kinds, that are excitatory

    Raises
    ------
    RequestError : the plasticity's path cannot be laid through the hidden populations, a rule has no Brian2
        form, or a setting is not allowed
    """

    n_pixels: int
    n_classes: int
    n_hidden: Hidden
    plasticity: Plasticity
    device: str = "cpp_standalone"
    dtype: str = "float32"
    feedback: str = "symmetric"
    sd_feedback: float = 0.1
    feedback_decay: float = 0.00001
    dale: bool = False
    excitatory: float = 0.8
    build_seconds: float = field(default=0.0, init=False)

    name: ClassVar[str]
    backend: ClassVar[str] = "brian"
    has_rates: ClassVar[bool] = True
    time_step_ms: ClassVar[float]
    equations: ClassVar[str] = ""  # shared variables of all cells, beside those of the time in a trial

    def __post_init__(self) -> None:
        self.check()
        self.plasticity.check_form("brian")
        self.graph.check(self.plasticity)
        self._screen = Screen()

    def check(self) -> None:
        """Raise ``RequestError`` if a setting is not allowed."""
        check_choice(self, "device", self.device, tuple(RUNNERS))
        check_choice(self, "dtype", self.dtype, DTYPES)
        check_choice(self, "feedback", self.feedback, tuple(FEEDBACKS))
        check_not_negative(self, "sd_feedback")
        check_between(self, "feedback_decay", self.feedback_decay, 0, 1)
        check_between(self, "excitatory", self.excitatory, 0, 1)
        if self._feedback.learns and self.plasticity.consolidation is not None:
            raise RequestError(
                f"{type(self).__name__}.feedback: learned needs a rule without a consolidation, "
                f"got {self.plasticity}"
            )
        if self.dale and self.plasticity.consolidation is not None:
            raise RequestError(
                f"{type(self).__name__}.dale: transient changes are not held to a sign, so the rule must "
                f"have no consolidation, got {self.plasticity}"
            )
        n_hidden = len(list_sizes(self.n_hidden))
        if n_hidden >= MAX_LAYERS:
            raise RequestError(
                f"{type(self).__name__}.n_hidden: must be at most {MAX_LAYERS - 1} sizes, got {n_hidden}"
            )

    @cached_property
    def graph(self) -> Graph:
        """Populations and projections."""
        with leave_signals():  # the equations' units may be the first to need Brian2
            return self.make_graph()

    @abstractmethod
    def make_graph(self) -> Graph:
        """Populations with ``Cells``, projections with ``Synapses`` (``bioplast.backends.brian.cells``)."""

    @property
    @abstractmethod
    def read_step(self) -> int:
        """The step of a trial at which the readout is read."""

    @property
    @abstractmethod
    def constants(self) -> Mapping[str, Any]:
        """What the equations name: constants, with units, and further steps of a trial."""

    @abstractmethod
    def count_signalling(self, n_active: Mapping[str, int]) -> Signalling:
        """Signalling of a chunk of trials, by how active each population was."""

    @property
    def phases(self) -> dict[str, int]:
        """The steps of a trial by name."""
        return make_phases(self.read_step, len(self.graph.hidden))

    @property
    def n_steps(self) -> int:
        """Time steps of a trial; a consolidation adds two."""
        phases = self.phases
        return phases["SETTLE"] if self.plasticity.consolidation is None else phases["WAIT"] + 1

    @property
    def learning_rates(self) -> dict[str, float]:
        """Learning rates by projection; run-time arguments of the program."""
        return {projection.name: projection.learning_rate for projection in self.graph.projections}

    def assemble(self) -> Network:
        """The Brian2 network; it has one clock and runs until ``is_over``."""
        from brian2 import Clock, ms

        from bioplast.backends.brian.assembly import Assembly

        functions = make_stimulus_functions(self.n_pixels + 1, self._screen)
        return Assembly(
            self.graph,
            self.plasticity,
            self.feedback,
            self.dale,
            self.equations,
            self.phases,
            {**functions, **self.constants, "n_steps": self.n_steps, "feedback_decay": self.feedback_decay},
            Clock(self.time_step_ms * ms, name="clock"),
        ).make_network()

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every constant that shapes the numbers of a run."""
        apart = {"n_pixels", "n_classes", "n_hidden", "plasticity", "device", "build_seconds"}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in apart}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``."""
        return replace(self, **check_changes(self.name, self.settings, changes))

    def initial_state(self, seed: int) -> State:
        """Weights before learning and empty books."""
        layers = make_layers(self.graph, seed, self.plasticity, self.dtype)
        if self.dale:
            for layer, signs in zip(layers, self.draw_signs(seed), strict=True):
                impose_signs(layer, signs, self.excitatory)
        if self._feedback.learns:
            layers += make_feedback_layers(self.graph, self.draw_feedback(seed), self.dtype)
        return State(seed, layers)

    def draw_feedback(self, seed: int) -> dict[str, NDArray[np.float32]]:
        """The first feedback weights of a run by the name of their Synapses, (n_pre, n_post)."""
        return draw_feedback(self.graph, self.feedback, seed, self.sd_feedback)

    def draw_signs(self, seed: int) -> list[NDArray[np.int64]]:
        """1 for excitatory, -1 for inhibitory cells of a run and 0 for those always on, by population."""
        return draw_signs(seed, [population.size + 1 for population in self._senders], self.excitatory)

    def find_constants(self, state: State) -> Values:
        """What is fixed in a run but differs between runs: ``"object.variable"`` to its value."""
        feedback = {} if self._feedback.learns else self.draw_feedback(state.seed)
        values: dict[str, Any] = {f"{name}.B": weights.ravel() for name, weights in feedback.items()}
        if self.dale:
            for cells, signs in zip(self._groups, self.draw_signs(state.seed), strict=True):
                values[f"{cells}.w_low"], values[f"{cells}.w_high"] = find_bounds(signs)
        return values

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
        values: dict[str, Any] = {f"{cells}.learning": int(learn) for cells in self._groups}
        wanted = ["answers.i", "answers.t", *(f"{cells}.n_active" for cells in self._groups)]
        n_forward = len(self.graph.projections)
        forward, back = state.layers[:n_forward], state.layers[n_forward:]
        for layer in back:
            values |= give_feedback(layer)
            wanted += give_feedback(layer) if learn else ()
        for layer in forward:
            values |= give_layer(layer, self.plasticity, self.learning_rates[layer.name] * trials.rate)
            if learn:
                wanted += name_results(layer, self.plasticity)
        values |= self.find_constants(state)
        if self.plasticity.gate is not None:
            parameters = self.plasticity.gate.brian().parameters
            values |= {f"gate.{name}": value for name, value in parameters.items()}
        stimulus = Stimulus.of(trials, state.seed, make_keys(state, len(trials)))
        results = self._runner.run(values, stimulus, wanted)
        if learn:
            for layer in forward:
                take_layer(layer, self.plasticity, results)
            for layer in back:
                take_feedback(layer, results)
            state.trial += len(trials)
        n_active = {
            population.name: int(results[f"{cells}.n_active"].sum())
            for population, cells in zip(self._senders, self._groups, strict=True)
        }
        return Outcome(self._read_answers(results, len(trials)), self.count_signalling(n_active))

    def watch(self, make_monitors: Callable[[Network], Sequence[BrianObject]]) -> None:
        """Let Brian2 monitors see what the network does; they start afresh with each chunk of trials.

        Parameters
        ----------
        make_monitors : makes them for the network it is given, of which it may set constants

        Raises
        ------
        RequestError : the network runs as a compiled program, which nothing can be added to
        """
        from bioplast.backends.programs.runtime import RuntimeNetwork

        runner = self._runner if self.device == "runtime" else None
        if not isinstance(runner, RuntimeNetwork):
            raise RequestError(
                f"{type(self).__name__}.device: must be 'runtime' to be watched, got {self.device!r}"
            )
        runner.watch(make_monitors)

    @property
    def _feedback(self) -> Feedback:
        return FEEDBACKS[self.feedback]

    @property
    def _senders(self) -> tuple[Population, ...]:
        """All populations but the readout."""
        return (self.graph.input, *self.graph.hidden)

    @property
    def _groups(self) -> list[str]:
        """The names of their groups."""
        return [name_group(population, self.graph) for population in self._senders]

    @cached_property
    def _runner(self) -> Runner:
        start = time.perf_counter()
        with leave_signals():
            runner = RUNNERS[self.device](self)
        self.build_seconds += time.perf_counter() - start
        return runner

    def _read_answers(self, results: Mapping[str, NDArray[Any]], n_trials: int) -> NDArray[np.int64]:
        steps = np.rint(results["answers.t"] / (self.time_step_ms / 1000)).astype(np.int64)
        shown, first = np.unique(steps // self.n_steps, return_index=True)
        # A network whose weights are no longer numbers gives no answer, which is never right.
        predictions = np.full(n_trials, -1, np.int64)
        predictions[shown] = results["answers.i"][first]
        return predictions
