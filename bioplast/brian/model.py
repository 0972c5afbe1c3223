"""What the Brian2 models share: from a state to a run of the network and back.

A model file says what its network is (``assemble``); its parts have the names below.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from brian2 import BrianObject, Function, Network, Quantity
from numpy.typing import NDArray

from bioplast.brian.dale import BOUND_EQUATIONS, SIGN_EQUATIONS, draw_signs, find_bounds, impose_signs
from bioplast.brian.feedback import FEEDBACK_EQUATIONS, FEEDBACKS, draw_feedback
from bioplast.brian.fragment import Fragment, make_fragment
from bioplast.brian.layers import OUTPUT_LAYER, SYNAPSES, give_layer, name_results, take_layer
from bioplast.brian.program import Values, build_program
from bioplast.brian.runtime import RuntimeNetwork
from bioplast.brian.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.changes import check_changes
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.keys import make_keys
from bioplast.network import DTYPES, Graph, Outcome, State, make_chain
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_between, check_choice, check_not_negative
from bioplast.plasticity.projection import ProjectionView
from bioplast.tasks.task import Trials


class Runner(Protocol):
    """A network that can be run: a compiled program or one in this process."""

    def run(self, values: Values, stimulus: Stimulus, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Show the stimulus to the network, which starts from ``values``; see ``Program.run``."""


@dataclass
class BrianModel(ABC):
    """A network in Brian2.

    The network of ``assemble`` has the groups ``inputs``, ``hidden`` and ``output``, the synapses
    ``input_to_hidden`` and ``hidden_to_output``, and the monitor ``answers`` of the output's event of
    that kind, one per trial at least, the first of which counts.

    Parameters
    ----------
    n_pixels, n_classes, n_hidden : numbers of units, the always-on ones not counted
    plasticity : what may change
    device : ``"cpp_standalone"`` or ``"runtime"``
    dtype : of all variables but the books
    feedback : weights through which errors reach hidden cells: ``"symmetric"``, ``"random"`` or ``"sign"``
        (``bioplast.brian.feedback``)
    sd_feedback : standard deviation of the fixed feedback weights
    dale : whether all synapses that leave a cell have one sign (``bioplast.brian.dale``)
    excitatory : share of cells, if they are of two kinds, that are excitatory

    Raises
    ------
    RequestError : the plasticity's path cannot be laid through ``n_hidden`` units, or a setting is not
        allowed
    """

    n_pixels: int
    n_classes: int
    n_hidden: int
    plasticity: Plasticity
    device: str = "cpp_standalone"
    dtype: str = "float32"
    feedback: str = "symmetric"
    sd_feedback: float = 0.1
    dale: bool = False
    excitatory: float = 0.8
    build_seconds: float = field(default=0.0, init=False)

    name: ClassVar[str]
    backend: ClassVar[str] = "brian"
    time_step: ClassVar[Quantity]

    def __post_init__(self) -> None:
        self.plasticity.check_form("brian")
        self.graph.check(self.plasticity)
        check_choice(self, "dtype", self.dtype, DTYPES)
        check_choice(self, "feedback", self.feedback, tuple(FEEDBACKS))
        check_not_negative(self, "sd_feedback")
        check_between(self, "excitatory", self.excitatory, 0, 1)
        if self.dale and self.plasticity.consolidation is not None:
            raise RequestError(
                f"{type(self).__name__}.dale: transient changes are not held to a sign, so the rule must "
                f"have no consolidation, got {self.plasticity}"
            )
        self._screen = Screen()

    @property
    def graph(self) -> Graph:
        """Populations and projections."""
        return make_chain(
            self.n_pixels,
            self.n_hidden,
            self.n_classes,
            sds=self.first_weights,
            learning_rates=tuple(self.learning_rates.values()),
        )

    @property
    @abstractmethod
    def n_steps(self) -> int:
        """Time steps of a trial."""

    @property
    @abstractmethod
    def learning_rates(self) -> Mapping[str, float]:
        """Learning rates by layer; run-time arguments of the program."""

    @property
    @abstractmethod
    def first_weights(self) -> tuple[float, float]:
        """Standard deviations of the weights before learning, into hidden units and output."""

    @abstractmethod
    def assemble(self) -> Network:
        """The network; it has one clock and runs until ``is_over``."""

    @abstractmethod
    def count_signalling(self, n_input: int, n_hidden: int) -> Signalling:
        """Signalling of a chunk in which inputs and hidden units were active that often."""

    def make_fragment(self, layer: str, proposal: str) -> Fragment:
        """What the plasticity adds to the synapses of ``layer``, for which ``proposal`` sets ``delta_w``."""
        # Its text does not depend on which synapses are plastic.
        form = self.plasticity.selection.brian(
            ProjectionView.whole(layer, (1, 1), is_readout=layer == OUTPUT_LAYER)
        )
        consolidation = self.plasticity.consolidation
        keeping = None if consolidation is None else consolidation.brian()
        return make_fragment(SYNAPSES[layer], form, proposal, keeping, bounded=self.dale)

    @property
    def n_consolidation_steps(self) -> int:
        """Time steps that a consolidation adds to a trial: one to settle, one to wait."""
        return 0 if self.plasticity.consolidation is None else 2

    @property
    def learner_equations(self) -> str:
        """What cells whose outgoing synapses learn have in addition: a gate, and bounds of their weights."""
        gate = "" if self.plasticity.gate is None else "is_open : boolean (linked)\n"
        return gate + (SIGN_EQUATIONS if self.dale else "")

    @property
    def bound_equations(self) -> str:
        """What synapses have in addition whose weights are bounded."""
        return BOUND_EQUATIONS if self.dale else ""

    @property
    def feedback_equations(self) -> str:
        """What the output synapses have in addition to send errors back."""
        return "" if self.feedback == "symmetric" else FEEDBACK_EQUATIONS

    @property
    def feedback_weight(self) -> str:
        """The weight with which an output synapse sends errors back."""
        return FEEDBACKS[self.feedback]

    @property
    def if_open(self) -> str:
        """What the conditions have in addition under which such cells' synapses learn."""
        return "" if self.plasticity.gate is None else " and is_open"

    def make_stimulus_functions(self) -> dict[str, Function]:
        """The functions through which the network sees its trials."""
        return make_stimulus_functions(self.n_pixels + 1, self._screen)

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
        return State(seed, layers)

    def draw_feedback(self, seed: int) -> NDArray[np.float32]:
        """The fixed feedback weights of a run, (n_hidden + 1, n_classes)."""
        return draw_feedback(seed, (self.n_hidden + 1, self.n_classes), self.sd_feedback)

    def draw_signs(self, seed: int) -> list[NDArray[np.int64]]:
        """1 for excitatory, -1 for inhibitory cells of a run and 0 for those always on: inputs, hidden."""
        return draw_signs(seed, (self.n_pixels + 1, self.n_hidden + 1), self.excitatory)

    def find_constants(self, state: State) -> Values:
        """What is fixed in a run but differs between runs: ``"object.variable"`` to its value."""
        values: dict[str, Any] = {}
        if self.feedback_equations:
            values[f"{SYNAPSES[OUTPUT_LAYER]}.B"] = self.draw_feedback(state.seed).ravel()
        if self.dale:
            for cells, signs in zip(("inputs", "hidden"), self.draw_signs(state.seed), strict=True):
                values[f"{cells}.w_low"], values[f"{cells}.w_high"] = find_bounds(signs)
        return values

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
        values: dict[str, Any] = {"inputs.learning": int(learn), "hidden.learning": int(learn)}
        wanted = ["answers.i", "answers.t", "inputs.n_active", "hidden.n_active"]
        for layer in state.layers:
            values |= give_layer(layer, self.plasticity, self.learning_rates[layer.name])
            if learn:
                wanted += name_results(layer, self.plasticity)
        values |= self.find_constants(state)
        if self.plasticity.gate is not None:
            parameters = self.plasticity.gate.brian().parameters
            values |= {f"gate.{name}": value for name, value in parameters.items()}
        stimulus = Stimulus.of(trials, state.seed, make_keys(state, len(trials)))
        results = self._runner.run(values, stimulus, wanted)
        if learn:
            for layer in state.layers:
                take_layer(layer, self.plasticity, results)
            state.trial += len(trials)
        signalling = self.count_signalling(
            int(results["inputs.n_active"].sum()), int(results["hidden.n_active"].sum())
        )
        return Outcome(self._read_answers(results, len(trials)), signalling)

    def watch(self, make_monitors: Callable[[Network], Sequence[BrianObject]]) -> None:
        """Let Brian2 monitors see what the network does; they start afresh with each chunk of trials.

        Parameters
        ----------
        make_monitors : makes them for the network it is given, of which it may set constants

        Raises
        ------
        RequestError : the network runs as a compiled program, which nothing can be added to
        """
        runner = self._runner if self.device == "runtime" else None
        if not isinstance(runner, RuntimeNetwork):
            raise RequestError(
                f"{type(self).__name__}.device: must be 'runtime' to be watched, got {self.device!r}"
            )
        runner.watch(make_monitors)

    @cached_property
    def _runner(self) -> Runner:
        start = time.perf_counter()
        runner = RUNNERS[self.device](self)
        self.build_seconds += time.perf_counter() - start
        return runner

    def _read_answers(self, results: Mapping[str, NDArray[Any]], n_trials: int) -> NDArray[np.int64]:
        steps = np.rint(results["answers.t"] / float(self.time_step)).astype(np.int64)
        shown, first = np.unique(steps // self.n_steps, return_index=True)
        # A network whose weights are no longer numbers gives no answer, which is never right.
        predictions = np.full(n_trials, -1, np.int64)
        predictions[shown] = results["answers.i"][first]
        return predictions


def _compile(model: BrianModel) -> Runner:
    return build_program(model.assemble, model.dtype)


def _interpret(model: BrianModel) -> Runner:
    return RuntimeNetwork(model.assemble, model.dtype, model.n_steps, model._screen)


RUNNERS = {"cpp_standalone": _compile, "runtime": _interpret}
