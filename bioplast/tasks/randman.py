"""``randman``: spike latencies on smooth random manifolds, to be told apart."""

from __future__ import annotations

import hashlib
import inspect
import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.code_digest import digest_code
from bioplast.files import read_file
from bioplast.randomness import make_sequence
from bioplast.tasks.generated import Generated, check_numbers
from bioplast.tasks.sequences import (
    Events,
    FloatArray,
    IntArray,
    Sequences,
    TimedTask,
    join_events,
    make_trial_rng,
)

_MOST_HARMONICS = 1000
_BLOCK = 50  # points at once: what they need stays in the cache
_SMALLEST = 1e-3  # amplitude of the last harmonic


@dataclass(frozen=True)
class Randman(Generated):
    r"""Each class is a smooth random manifold; a sample is a point on it, and each input spikes once.

    Input i of a class spikes :math:`50\,\mathrm{ms} \cdot f_i(x)` after the beginning, where x is uniform in
    :math:`[0, 1]^D` and, scaled to [0, 1] over the samples of the class,

    .. math:: f_i(x) = \prod_{d \le D} \sum_{k \le n} k^{-\alpha} A_{idk} \sin 2\pi (k x_d B_{idk} + C_{idk})

    with A, B, C uniform in [0, 1] and :math:`n = \min(\lceil 10^{3/\alpha} \rceil, 1000)`. This is the
    formula of the publication; released generators weight the harmonics otherwise.

    A linear readout of the latencies is right in 41 to 48 %, the nearest neighbor in all of the test trials.

    Parameters
    ----------
    n_classes, n_units : at least 2 and 1
    dim, alpha : D of at least 1 and alpha > 0, the smoothness
    n_train, n_validation, n_test : samples a class
    spread, steps : latest spike and length of a trial, in steps of 1 ms
    seed : of manifolds and samples

    Raises
    ------
    RequestError : a value that is not allowed

    References
    ----------
    Zenke & Vogels 2021, doi:10.1162/neco_a_01367
    """

    n_classes: int = 10
    n_units: int = 20
    dim: int = 1
    alpha: float = 1.0
    n_train: int = 800
    n_validation: int = 100
    n_test: int = 100
    spread: int = 50
    steps: int = 100
    seed: int = 1

    name: ClassVar[str] = "randman"
    summary: ClassVar[str] = "ten classes of spike latencies on smooth random manifolds"

    def __post_init__(self) -> None:
        check_numbers(
            self, n_classes=2, n_units=1, dim=1, alpha=0.1, n_train=1, n_validation=1, n_test=1, seed=0
        )
        check_numbers(self, spread=1)
        check_numbers(self, steps=self.spread + 1)

    def make(self) -> TimedTask:
        """The task: its samples, those of all classes mixed."""
        return _make(self)

    def draw(self) -> NDArray[np.int64]:
        """Latencies (n_samples, n_units) in steps, class after class."""
        n = self.n_train + self.n_validation + self.n_test
        latencies = np.empty((self.n_classes, n, self.n_units), np.int64)
        for label in range(self.n_classes):
            rng = make_trial_rng(self.seed, 3, label)
            values = self._draw_manifold(rng, rng.random((n, self.dim)))
            low, high = values.min(axis=0), values.max(axis=0)
            latencies[label] = (values - low) / (high - low) * self.spread
        return latencies.reshape(-1, self.n_units)

    def _draw_manifold(self, rng: np.random.Generator, x: NDArray[Any]) -> NDArray[Any]:
        """Points on a manifold of its own: (n, n_units) for places ``x`` (n, dim)."""
        k = np.arange(1, min(math.ceil(_SMALLEST ** (-1 / self.alpha)), _MOST_HARMONICS) + 1)
        values = np.ones((len(x), self.n_units))
        for i in range(self.n_units):
            for d in range(self.dim):
                a, b, c = rng.random((3, k.size))
                heights = (a * k**-self.alpha).astype(np.float32)
                for first in range(0, len(x), _BLOCK):
                    block = slice(first, first + _BLOCK)
                    values[block, i] *= _sum_sines(x[block, d], k * b, c, heights)
        return values


def _sum_sines(x: FloatArray, frequencies: FloatArray, phases: FloatArray, heights: FloatArray) -> FloatArray:
    """``sum_k heights[k] sin(2 pi (frequencies[k] x + phases[k]))``, (n,)."""
    turns = np.multiply.outer(x, frequencies)
    turns += phases
    turns -= np.rint(turns)
    # Sines of small numbers, in single precision, are many times as fast.
    turns *= 2 * np.pi
    return np.sin(turns.astype(np.float32)) @ heights


def _keep_drawn(task: Randman) -> NDArray[np.int64]:
    """The latencies of ``task``, which are kept in the build cache: to draw them takes a second."""
    files = (inspect.getfile(made_by) for made_by in (Randman, make_trial_rng, make_sequence))
    facts = [str(task), np.__version__, *(digest_code(read_file(Path(file))) for file in files)]
    name = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]
    # Whoever has synapses of their own and no study is not asked for what locks files.
    from bioplast.build_cache import UnusableCacheError, cache_folder, read_sealed, write_sealed

    try:
        path = cache_folder("randman") / name
        content = read_sealed(path)
        if content is None:
            content = task.draw().tobytes()
            write_sealed(path, content)
    except UnusableCacheError:
        return task.draw()
    return np.frombuffer(content, np.int64).reshape(-1, task.n_units)


@lru_cache(maxsize=16)
def _make(task: Randman) -> TimedTask:
    latencies = _keep_drawn(task)
    n = task.n_train + task.n_validation + task.n_test
    labels, sample = np.repeat(np.arange(task.n_classes), n), np.tile(np.arange(n), task.n_classes)
    ends = np.cumsum([0, task.n_train, task.n_validation, task.n_test])
    sets = []
    for first, last in itertools.pairwise(ends):
        chosen = (first <= sample) & (sample < last)
        sets.append(Latencies(latencies[chosen], labels[chosen], task.steps))
    train, validation, test = sets
    return TimedTask(
        str(task), train, test, task.n_classes, (task.steps, task.n_units), validation=validation
    )


class Latencies(Sequences):
    """Trials in which each input unit spikes once.

    Parameters
    ----------
    latencies : (n_trials, n_units), the step of each unit's spike
    labels : (n_trials,), classes
    n_steps : length of each trial
    """

    def __init__(self, latencies: NDArray[np.int64], labels: IntArray, n_steps: int) -> None:
        self.latencies, self.labels = latencies, labels
        self.n_units = latencies.shape[1]
        self.longest = n_steps

    def __len__(self) -> int:
        return len(self.labels)

    def labels_of(self, indices: IntArray) -> IntArray:
        """(n_trials,) their classes."""
        return self.labels[indices]

    def events(self, indices: IntArray) -> Events:
        """The trials of these numbers; the whole of each is its answer."""
        places = self.latencies[indices] * self.n_units + np.arange(self.n_units)
        return join_events(
            self.n_units,
            list(places),
            n_steps=np.full(len(indices), self.longest, np.int64),
            answer_from=np.zeros(len(indices), np.int64),
            labels=self.labels[indices],
        )
