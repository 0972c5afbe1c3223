r"""Perceptron: one layer of synapses, corrected pattern by pattern until all are right.

Inputs are +1 or -1 and there is no bias. A unit is on if its drive is positive, and learns when wrong::

    h_j = sum_i x_i w_ij            error_j = [should be on] - [h_j > 0]
    delta_w = eta * x_i * error_j

Weights start at 0. Two classes need one unit; with more there is one a class, and the largest drive wins.

For P random patterns in N inputs, Li & van Rossum 2020 (doi:10.7554/eLife.50804) give

.. math::

    K = \frac{2P}{(2 - P/N)^2}, \qquad
    \frac{m_1}{m_1^{\min}} = \frac{\sqrt{\pi P}}{2 - P/N} = \sqrt{\pi K / 2}

for the number of corrections and the inefficiency. The second takes a final weight for a random walk of K
steps, of variance :math:`\eta^2 K`. It is not quite one: a pattern is corrected because the weights disagree
with it, so a step leads back more often than away, and the variance is only 0.62, 0.55 and 0.53 of that at
loads P/N of 0.5, 1 and 1.5 (N = 1000, ten seeds). The measured inefficiency is larger than the formula's by
one over the root of this share (and by the root of what K differs): 1.29, 1.33 and 1.39 are measured, and
1.29, 1.34 and 1.39 follow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from bioplast.backends.numeric.arrays import make_arrays
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.perceptron import run_patterns
from bioplast.changes import check_changes
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.keys import make_keys
from bioplast.network import Outcome, State
from bioplast.network.weights import open_layer
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice, check_not_negative
from bioplast.plasticity.forms import FastForm
from bioplast.plasticity.projection import ProjectionView
from bioplast.randomness import make_rng
from bioplast.tasks.task import Images, Trials

N_HIDDEN = 1  # it has no hidden layer; what is counted is the one layer that there is
LAYER = "input->output"
FIXED_SETTINGS = {"encoding": "signs", "dtype": "float64"}


@dataclass
class Network:
    """A layer of perceptrons.

    Parameters
    ----------
    n_inputs, n_classes : numbers of inputs and of classes
    plasticity : what may change
    learning_rate : eta

    Raises
    ------
    RequestError : the plasticity's path needs hidden units, or a setting is not allowed
    """

    n_inputs: int
    n_classes: int
    plasticity: Plasticity
    learning_rate: float = 1.0
    build_seconds: float = field(default=0.0, init=False)

    name = "perceptron"
    backend = "numeric"
    has_rates = True
    n_hidden = N_HIDDEN

    def __post_init__(self) -> None:
        self.plasticity.check_form("fast")
        if self.plasticity.path is not None:
            self.plasticity.path.check_sizes({"hidden": 0})
        check_not_negative(self, "learning_rate")
        gate, consolidation = self.plasticity.gate, self.plasticity.consolidation
        self._opening = FastForm() if gate is None else gate.fast()
        self._keeping = FastForm() if consolidation is None else consolidation.fast()
        self._is_built = False

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every constant that shapes the numbers of a run."""
        return {"learning_rate": self.learning_rate, **FIXED_SETTINGS}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``."""
        checked = check_changes(self.name, self.settings, changes)
        for name, value in FIXED_SETTINGS.items():
            check_choice(self, name, checked.pop(name, value), (value,))
        return replace(self, **checked)

    def initial_state(self, seed: int) -> State:
        """Weights of 0 and empty books."""
        weights = np.zeros((self.n_inputs, 1 if self.n_classes == 2 else self.n_classes))
        view = ProjectionView.whole(LAYER, weights.shape, is_readout=True)
        return State(seed, (open_layer(view, weights, self.plasticity, make_rng(seed, "masks")),))

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
        (layer,) = state.layers
        choice = self.plasticity.selection.fast(layer.view, layer.view.n_plastic)
        synapses = make_arrays(layer, choice.parameters, self._keeping.parameters)
        kernel = compiled(run_patterns, **choice.parts, **self._opening.parts, **self._keeping.parts)
        gate = np.array(self._opening.parameters, np.float64)
        predictions = np.empty(len(trials), np.int64)
        shown = trials.indices.astype(np.int64), trials.labels.astype(np.int64)
        fixed = (synapses, self.learning_rate * trials.rate, gate, np.ascontiguousarray(trials.images.pixels))
        rest = (make_keys(state, len(trials)), predictions, learn)
        if not self._is_built:
            started = time.perf_counter()
            kernel(*fixed, shown[0][:0], shown[1][:0], *rest)
            self.build_seconds, self._is_built = time.perf_counter() - started, True
        kernel(*fixed, *shown, *rest)
        if learn:
            state.trial += len(trials)
            layer.books.maintenance += float(synapses.maintenance[0])
        return Outcome(predictions, Signalling(macs=len(trials) * layer.weights.size))


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: int, plasticity: Plasticity, device: str
) -> Network:
    """The network of the standard protocol; it runs on no Brian2 device."""
    if n_hidden != N_HIDDEN:
        raise RequestError(f"hidden: a perceptron has no hidden layer, so leave it at 1, got {n_hidden}")
    return Network(n_pixels, n_classes, plasticity)


@dataclass(frozen=True)
class Learned:
    """How learning went.

    Attributes
    ----------
    n_updates : number of patterns that were learned from, each time it was
    n_trials : number of patterns that were shown until then, the last round without an error included
    is_perfect : whether every pattern is right
    """

    n_updates: int
    n_trials: int
    is_perfect: bool


def learn_all(network: Network, state: State, images: Images, *, max_rounds: int = 10_000) -> Learned:
    """Show all of ``images`` round after round until a round has no error; what is transient is settled."""
    n_updates = n_rounds = n_wrong = 0
    indices = np.arange(len(images))
    while n_rounds == 0 or (n_wrong and n_rounds < max_rounds):
        outcome = network.present(state, Trials(images, indices, first=state.trial), learn=True)
        n_wrong = int(np.count_nonzero(outcome.predictions != images.labels))
        n_updates += n_wrong
        n_rounds += 1
    state.consolidate()
    return Learned(n_updates, n_rounds * len(images), n_wrong == 0)


def compute_updates(n_patterns: int, n_inputs: int) -> float:
    """K, the number of corrections that random patterns need.

    Raises
    ------
    RequestError : a load of 2 or more patterns an input, which cannot be learned
    """
    if not 0 < n_patterns < 2 * n_inputs:
        raise RequestError(
            f"perceptron: {n_inputs} inputs hold 1 to {2 * n_inputs - 1} random patterns, got {n_patterns}"
        )
    return 2 * n_patterns / (2 - n_patterns / n_inputs) ** 2


def compute_inefficiency(n_patterns: int, n_inputs: int) -> float:
    """m1 / m1_min by the same theory."""
    return math.sqrt(math.pi * compute_updates(n_patterns, n_inputs) / 2)


def compute_threshold(n_updates: float, n_trials: float, *, learning_rate: float, cost: float) -> float:
    """The theta at which caching without decay costs least: sqrt(3 K eta^2 / (1 + c T)).

    Parameters
    ----------
    n_updates, n_trials : K and T
    learning_rate, cost : eta, and c of maintenance
    """
    return learning_rate * math.sqrt(3 * n_updates / (1 + cost * n_trials))


def compute_caching_energy(
    threshold: float, n_updates: float, n_trials: float, *, n_inputs: int, learning_rate: float
) -> tuple[float, float]:
    """m1, and maintenance at a cost of 1, of caching without decay.

    A transient change is a random walk of K steps eta. It is consolidated K eta^2 / theta^2 times, theta each
    time, and in between its mean size is theta / 3, which is kept for T trials and written in the end. The
    sum of the two is least at the threshold of ``compute_threshold``::

        m1 = N (K eta^2 / theta + theta / 3)        maintenance = N T theta / 3

    Parameters
    ----------
    threshold : theta, well above eta and well below eta sqrt(K)
    n_updates, n_trials : K and T
    n_inputs : N
    learning_rate : eta
    """
    mean_size = threshold / 3
    m1 = n_inputs * (n_updates * learning_rate**2 / threshold + mean_size)
    return m1, n_inputs * n_trials * mean_size
