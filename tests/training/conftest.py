"""A task without files and a network whose accuracy is a script, so that a test knows what must come."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bioplast.energy import Books, Signalling
from bioplast.loading import load_module
from bioplast.network import Layer, Outcome, State
from bioplast.tasks import Images, Task, Trials


class Scripted:
    """Predicts the share ``accuracy(stream, samples)`` of a chunk right; a trial adds 1 to every weight.

    ``shown`` keeps the trials it was asked for, each with whether it learned.
    """

    name = "scripted"
    n_hidden = 1
    build_seconds = 0.0

    def __init__(self, accuracy: Callable[[int, int], float]) -> None:
        self.settings: dict[str, float] = {}
        self.accuracy = accuracy
        self.shown: list[tuple[Trials, bool]] = []

    def initial_state(self, seed: int) -> State:
        layers = []
        for name, shape in (("input->hidden", (3, 2)), ("hidden->output", (2, 2))):
            weights = np.zeros(shape)
            layers.append(Layer(name, weights, np.ones(shape, bool), Books.open(weights)))
        return State(seed, tuple(layers))

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        self.shown.append((trials, learn))
        n_right = round(self.accuracy(trials.stream, state.trial) * len(trials))
        predictions = trials.labels.astype(np.int64)
        predictions[n_right:] += 1
        if learn:
            for layer in state.layers:
                for _ in range(len(trials)):
                    before = layer.weights.copy()
                    layer.weights += 1
                    layer.books.record(before, layer.weights)
            state.trial += len(trials)
        return Outcome(predictions, Signalling(macs=10 * len(trials)))

    def indices(self, stream: int) -> list[np.ndarray]:
        """The images of every chunk of one stream."""
        return [trials.indices for trials, _ in self.shown if trials.stream == stream]


@pytest.fixture
def make_scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def make_task() -> Callable[..., Task]:
    def make(n_train: int = 120, n_test: int = 30) -> Task:
        sets = [
            Images(np.zeros((n_images, 2), np.uint8), np.arange(n_images, dtype=np.uint8) % 2)
            for n_images in (n_train, n_test)
        ]
        return Task("made up", *sets, n_classes=2, shape=(1, 2))

    return make


@pytest.fixture
def tiny(study: Path) -> ModuleType:
    return load_module("model", "tiny", study)
