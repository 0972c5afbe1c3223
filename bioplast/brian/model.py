"""What the Brian2 models share: from a state to a run of the network and back.

A model file says what its network is (``assemble``); its parts have the names below.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
from brian2 import Clock, Function, Network, NeuronGroup, Quantity, Synapses
from numpy.typing import NDArray

from bioplast.brian.fragment import Fragment, make_fragment
from bioplast.brian.program import Values, build_program
from bioplast.brian.runtime import RuntimeNetwork
from bioplast.brian.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.energy import Signalling
from bioplast.initial import make_layers
from bioplast.network import HIDDEN_LAYER, OUTPUT_LAYER, Layer, Outcome, State
from bioplast.plasticity import Plasticity
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
    RequestError : the plasticity's path cannot be laid through ``n_hidden`` units
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
        self.plasticity.check_brian()

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
        return make_fragment(SYNAPSES[layer], self.plasticity.selection.brian(layer, 1), proposal)

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
        values = {"inputs.learning": learn, "hidden.learning": learn}
        wanted = ["answers.i", "answers.t", "inputs.n_active", "hidden.n_active"]
        for layer in state.layers:
            values |= self._layer_values(layer)
            if learn:
                wanted += [f"{SYNAPSES[layer.name]}.{name}" for name in ("w", "m0", "m1")]
        results = self._runner.run(values, Stimulus.of(trials, state.seed), wanted)
        if learn:
            for layer in state.layers:
                _take_over(layer, results)
            state.trial += len(trials)
        signalling = self.count_signalling(
            int(results["inputs.n_active"].sum()), int(results["hidden.n_active"].sum())
        )
        return Outcome(self._read_answers(results, len(trials)), signalling)

    @cached_property
    def _runner(self) -> Runner:
        start = time.perf_counter()
        runner = RUNNERS[self.device](self)
        self.build_seconds += time.perf_counter() - start
        return runner

    def _layer_values(self, layer: Layer) -> dict[str, Any]:
        synapses = SYNAPSES[layer.name]
        form = self.plasticity.selection.brian(layer.name, int(layer.plastic.sum()))
        values = {
            "w": layer.weights.ravel(),
            "m0": layer.books.m0.ravel(),
            "m1": layer.books.m1.ravel(),
            "plastic": layer.plastic.ravel(),
            "eta": self.learning_rates[layer.name],
            **form.parameters,
        }
        return {f"{synapses}.{name}": value for name, value in values.items()}

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


def _take_over(layer: Layer, results: Mapping[str, NDArray[Any]]) -> None:
    synapses = SYNAPSES[layer.name]
    for array, name in ((layer.weights, "w"), (layer.books.m0, "m0"), (layer.books.m1, "m1")):
        array[...] = results[f"{synapses}.{name}"].reshape(array.shape)


def _compile(model: BrianModel) -> Runner:
    return build_program(model.assemble, model.dtype)


def _interpret(model: BrianModel) -> Runner:
    return RuntimeNetwork(model.assemble, model.dtype, model.n_steps, model._screen)


RUNNERS = {"cpp_standalone": _compile, "runtime": _interpret}
