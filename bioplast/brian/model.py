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
from brian2 import BrianObject, Clock, Function, Network, NeuronGroup, Quantity, Synapses, linked_var
from numpy.typing import NDArray

from bioplast.brian.fragment import Fragment, make_float64, make_fragment
from bioplast.brian.gate import make_gate_equations
from bioplast.brian.program import Values, build_program
from bioplast.brian.runtime import RuntimeNetwork
from bioplast.brian.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.changes import check_changes
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.initial import make_layers
from bioplast.keys import make_keys
from bioplast.network import DTYPES, HIDDEN_LAYER, OUTPUT_LAYER, Layer, Outcome, State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.tasks.task import Trials

SYNAPSES = {HIDDEN_LAYER: "input_to_hidden", OUTPUT_LAYER: "hidden_to_output"}


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
    build_seconds: float = field(default=0.0, init=False)

    name: ClassVar[str]
    time_step: ClassVar[Quantity]

    def __post_init__(self) -> None:
        if self.plasticity.path is not None:
            self.plasticity.path.check_layer(self.n_hidden)
        check_choice(self, "dtype", self.dtype, DTYPES)
        self._screen = Screen()

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
        form = self.plasticity.selection.brian(layer, np.ones((1, 1), bool))
        consolidation = self.plasticity.consolidation
        keeping = None if consolidation is None else consolidation.brian()
        return make_fragment(SYNAPSES[layer], form, proposal, keeping)

    @property
    def n_consolidation_steps(self) -> int:
        """Time steps that a consolidation adds to a trial: one to settle, one to wait."""
        return 0 if self.plasticity.consolidation is None else 2

    @property
    def gate_equations(self) -> str:
        """What the equations of cells that propose changes have to add where a gate may be closed."""
        return "" if self.plasticity.gate is None else "is_open : boolean (linked)\n"

    @property
    def if_open(self) -> str:
        """The same for the conditions of their events."""
        return "" if self.plasticity.gate is None else " and is_open"

    def make_gate(
        self, output: NeuronGroup, targets: Sequence[NeuronGroup], reading: str, **common: Any
    ) -> list[Any]:
        """The cell that opens and closes the gate, and its synapses; nothing if there is no gate.

        ``output`` has the events ``feedback`` and ``answer``, the variable named in ``reading`` and its
        ``highest``; ``is_open`` of ``targets`` is linked to the cell's.
        """
        if self.plasticity.gate is None:
            return []
        form = self.plasticity.gate.brian()
        gate = NeuronGroup(
            1,
            make_gate_equations(form),
            events={"onset": "step == 0", "close": "step == FEEDBACK"},
            dtype={"total": np.float64},
            name="gate",
            **common,
        )
        gate.run_on_event("onset", f"winner = {self.n_classes}; total = 0", when="before_synapses")
        gate.run_on_event("close", f"is_open = {form.opens}", when="after_synapses")
        answers = Synapses(
            output,
            gate,
            on_pre={
                "sum": f"total_post += exp(float64({reading}_pre) - float64(highest_pre))",
                # Of several that are equal the first one is the answer.
                "answer": "winner_post = clip(i, 0, winner_post)",
            },
            on_event={"sum": "feedback", "answer": "answer"},
            name="output_to_gate",
            namespace={**common["namespace"], "float64": make_float64()},
            clock=common["clock"],
        )
        answers.connect()
        for group in targets:
            group.is_open = linked_var(gate, "is_open")
        return [gate, answers]

    def make_stimulus_functions(self) -> dict[str, Function]:
        """The functions through which the network sees its trials."""
        return make_stimulus_functions(self.n_pixels + 1, self._screen)

    def make_ending(self, clock: Clock) -> NeuronGroup:
        """What ends the network's run when the last trial is over."""
        ending = NeuronGroup(
            1,
            "over : integer",
            namespace={**self.make_stimulus_functions(), "n_steps": self.n_steps},
            name="ending",
            clock=clock,
        )
        ending.run_regularly("over = is_over((timestep(t, dt) + 1)//n_steps)", when="end")
        return ending

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
        layers = make_layers(
            seed,
            self.n_pixels,
            self.n_hidden,
            self.n_classes,
            sd_hidden=self.first_weights[0],
            sd_output=self.first_weights[1],
            plasticity=self.plasticity,
            dtype=self.dtype,
        )
        return State(seed, layers)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
        values: dict[str, Any] = {"inputs.learning": learn, "hidden.learning": learn}
        wanted = ["answers.i", "answers.t", "inputs.n_active", "hidden.n_active"]
        for layer in state.layers:
            values |= self._layer_values(layer)
            if learn:
                wanted += [f"{SYNAPSES[layer.name]}.{name}" for name in self._name_results(layer)]
        if self.plasticity.gate is not None:
            parameters = self.plasticity.gate.brian().parameters
            values |= {f"gate.{name}": value for name, value in parameters.items()}
        stimulus = Stimulus.of(trials, state.seed, make_keys(state, len(trials)))
        results = self._runner.run(values, stimulus, wanted)
        if learn:
            for layer in state.layers:
                self._take_over(layer, results)
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

    def _layer_values(self, layer: Layer) -> dict[str, Any]:
        synapses = SYNAPSES[layer.name]
        form = self.plasticity.selection.brian(layer.name, layer.plastic)
        values = {
            "w": layer.weights.ravel(),
            "m0": layer.books.m0.ravel(),
            "m1": layer.books.m1.ravel(),
            "plastic": layer.plastic.ravel(),
            "eta": self.learning_rates[layer.name],
            **form.parameters,
            **{name: constant.ravel() for name, constant in form.constants.items()},
        }
        if form.memory:
            values[form.memory] = float(layer.carried["memory"][0])
        if self.plasticity.consolidation is not None:
            values |= self.plasticity.consolidation.brian().parameters
            values["transient"] = layer.carried["transient"].ravel()
        return {f"{synapses}.{name}": value for name, value in values.items()}

    def _name_results(self, layer: Layer) -> list[str]:
        names = ["w", "m0", "m1"]
        if memory := self.plasticity.selection.brian(layer.name, layer.plastic).memory:
            names.append(memory)
        if self.plasticity.consolidation is not None:
            names += ["transient", "maintenance"]
        return names

    def _take_over(self, layer: Layer, results: Mapping[str, NDArray[Any]]) -> None:
        def take(array: NDArray[Any], name: str) -> None:
            array[...] = results[f"{SYNAPSES[layer.name]}.{name}"].reshape(array.shape)

        take(layer.weights, "w")
        take(layer.books.m0, "m0")
        take(layer.books.m1, "m1")
        if memory := self.plasticity.selection.brian(layer.name, layer.plastic).memory:
            take(layer.carried["memory"], memory)
        if self.plasticity.consolidation is not None:
            take(layer.carried["transient"], "transient")
            layer.books.maintenance += float(results[f"{SYNAPSES[layer.name]}.maintenance"].sum())

    def _read_answers(self, results: Mapping[str, NDArray[Any]], n_trials: int) -> NDArray[np.int64]:
        steps = np.rint(results["answers.t"] / float(self.time_step)).astype(np.int64)
        shown, first = np.unique(steps // self.n_steps, return_index=True)
        # A network whose weights are no longer numbers gives no answer, which is never right.
        predictions = np.full(n_trials, -1, np.int64)
        predictions[shown] = results["answers.i"][first]
        return predictions


def connect_all(synapses: Synapses, n_pre: int, n_post: int) -> None:
    """Connect the first ``n_pre`` units to the first ``n_post``, so that synapse i * n_post + j is (i, j)."""
    synapses.connect(i=np.repeat(np.arange(n_pre), n_post), j=np.tile(np.arange(n_post), n_pre))


def choose_events(conditions: Mapping[str, str], *users: Mapping[str, str]) -> dict[str, str]:
    """Those of ``conditions``, by event, that ``users`` wait for; each costs time at every step."""
    wanted = {event for events in users for event in events.values()}
    return {event: condition for event, condition in conditions.items() if event in wanted}


def _compile(model: BrianModel) -> Runner:
    return build_program(model.assemble, model.dtype)


def _interpret(model: BrianModel) -> Runner:
    return RuntimeNetwork(model.assemble, model.dtype, model.n_steps, model._screen)


RUNNERS = {"cpp_standalone": _compile, "runtime": _interpret}
