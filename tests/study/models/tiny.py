"""A small tanh network that learns by backprop, trial by trial: what the loop needs of a model."""

import numpy as np

from bioplast.changes import check_changes
from bioplast.energy import Books, Signalling
from bioplast.errors import RequestError
from bioplast.network import Layer, Outcome, State
from bioplast.randomness import make_rng

N_HIDDEN = 8
LEARNING_RATE = 0.1


class Tiny:
    name = "tiny"
    build_seconds = 0.0

    def __init__(self, n_pixels, n_classes, n_hidden, plasticity, learning_rate=LEARNING_RATE):
        self.sizes = (n_pixels, n_classes, n_hidden)
        self.shapes = {"input->hidden": (n_pixels + 1, n_hidden), "hidden->output": (n_hidden + 1, n_classes)}
        self.n_hidden = n_hidden
        self.plasticity = plasticity
        self.learning_rate = learning_rate

    @property
    def settings(self):
        return {"learning_rate": self.learning_rate, "scales": (0.1, 0.1)}

    def with_settings(self, changes):
        settings = {**self.settings, **check_changes(self.name, self.settings, changes)}
        return Tiny(*self.sizes, self.plasticity, settings["learning_rate"])

    def initial_state(self, seed):
        rng = make_rng(seed, "weights")
        layers = []
        for name, shape in self.shapes.items():
            weights = rng.normal(0, 0.1, shape)
            layers.append(Layer(name, weights, np.ones(shape, bool), Books.open(weights)))
        return State(seed, tuple(layers))

    def present(self, state, trials, *, learn):
        hidden, output = state.layers
        predictions = np.zeros(len(trials), np.int64)
        macs = 0
        for trial, (image, label) in enumerate(zip(trials.indices, trials.labels, strict=True)):
            pre = np.append(trials.images.pixels[image] / 255, 1.0)
            post = np.append(np.tanh(pre @ hidden.weights), 1.0)
            scores = post @ output.weights
            predictions[trial] = scores.argmax()
            macs += int(np.count_nonzero(pre)) * self.n_hidden + output.weights.size
            if learn:
                error = np.eye(len(scores))[label] - scores
                back = (1 - post[:-1] ** 2) * (output.weights[:-1] @ error)
                self._write(hidden, np.outer(pre, back))
                self._write(output, np.outer(post, error))
                state.trial += 1
        return Outcome(predictions, Signalling(macs=macs))

    def _write(self, layer, direction):
        before = layer.weights.copy()
        layer.weights += self.learning_rate * direction
        layer.books.record(before, layer.weights)


def make_network(*, n_pixels, n_classes, n_hidden, plasticity, device):
    if device == "runtime":
        raise RequestError("device: tiny has no device 'runtime'; use cpp_standalone")
    return Tiny(n_pixels, n_classes, n_hidden, plasticity)
