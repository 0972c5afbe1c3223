"""Trials that unfold in time, as lists of events: who spikes when, and what is to be answered."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.randomness import make_sequence
from bioplast.tasks.task import Task, Trials

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.floating[Any]]

N_DIGESTED = 8  # trials of a generated set that go into its digest


@dataclass(frozen=True)
class Events:
    """Some trials, each as long as it likes.

    Attributes
    ----------
    n_units : number of input units
    n_steps : (n_trials,) int64, length of each trial in steps of 1 ms
    answer_from : (n_trials,) int64, the step from which on the readout is the network's answer
    starts : (n_trials + 1,) int64, where the events of each trial begin
    steps, units : (n_events,) int32, sorted by trial, step and unit
    labels : (n_trials,) int64, the class that is right; where a series is to be followed, 1
    series : (n_series_steps, n_outputs), what the readout is to follow, trial after trial; without rows
        where a class is asked for
    tolerance : squared error of a series, in units of its variance, up to which it counts as followed
    """

    n_units: int
    n_steps: IntArray
    answer_from: IntArray
    starts: IntArray
    steps: NDArray[np.int32]
    units: NDArray[np.int32]
    labels: IntArray
    series: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    tolerance: float = 0.0

    def __len__(self) -> int:
        return len(self.n_steps)

    def in_steps_of(self, length: int) -> Events:
        """The same trials in steps of ``length`` ms, the last of which may be shorter.

        A series is its mean in each step.
        """
        if length == 1:
            return self
        n_steps = -(-self.n_steps // length)
        series = self.series
        if series.size:
            ends = np.cumsum(self.n_steps)
            firsts = [np.arange(end - n, end, length) for end, n in zip(ends, self.n_steps, strict=True)]
            first = np.concatenate(firsts)
            sizes = np.diff([*first, ends[-1]])
            series = np.add.reduceat(series, first, axis=0) / sizes[:, np.newaxis]
        return replace(
            self,
            n_steps=n_steps,
            answer_from=np.minimum(self.answer_from // length, n_steps - 1),
            steps=(self.steps // length).astype(np.int32),
            series=series,
        )


class Sequences(ABC):
    """A set of trials in time, which are told apart by numbers and made when they are asked for.

    Attributes
    ----------
    n_units : number of input units
    longest : steps of the longest trial
    is_endless : whether any number from 0 to 2**63 - 1 is a trial
    """

    n_units: int
    longest: int
    is_endless: bool = False

    @abstractmethod
    def __len__(self) -> int:
        """Number of trials."""

    @abstractmethod
    def events(self, indices: IntArray) -> Events:
        """The trials of these numbers (n_trials,)."""

    @abstractmethod
    def labels_of(self, indices: IntArray) -> IntArray:
        """(n_trials,) the class that is right in each; 1 where a series is to be followed."""


@dataclass(frozen=True)
class TimedTask(Task):
    """Trials in time to learn from and to test on.

    Attributes
    ----------
    train, test : sets of trials; that to learn from may be endless
    n_classes : number of classes, or of series
    shape : steps of the longest trial and number of input units
    validation : trials held out of ``train``; None where they are to be
    """

    train: Sequences  # type: ignore[assignment]  # what asks for images has refused this task (``set_up``)
    test: Sequences  # type: ignore[assignment]
    validation: Sequences | None = None  # type: ignore[assignment]

    @property
    def n_pixels(self) -> int:
        """Number of input units."""
        return self.train.n_units

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that differ whenever the name or one of the first trials does."""
        digest = hashlib.sha256(f"{self.name} {self.n_classes} {self.shape}".encode())
        for trials in (self.train, self.test, self.validation):
            if trials is None:
                continue
            events = trials.events(np.arange(min(len(trials), N_DIGESTED)))
            digest.update(f"{len(trials)}".encode())
            for name in ("n_steps", "answer_from", "starts", "steps", "units", "labels", "series"):
                digest.update(np.ascontiguousarray(getattr(events, name)).data)
        return digest.hexdigest()[:16]


def find_events(trials: Trials) -> Events:
    """What ``trials`` show, of a task in time.

    Raises
    ------
    RequestError : they show images
    """
    sequences: object = trials.images
    if not isinstance(sequences, Sequences):
        raise RequestError("trials: must be of a task in time, got images")
    return sequences.events(trials.indices)


def join_events(n_units: int, trials: list[NDArray[np.int64]], **rest: Any) -> Events:
    """Events from one array a trial, of places ``step * n_units + unit`` in any order.

    Parameters
    ----------
    rest : all other attributes of ``Events``
    """
    places = [np.sort(trial) for trial in trials]
    starts = np.concatenate([[0], np.cumsum([trial.size for trial in places], dtype=np.int64)])
    flat = np.concatenate([*places, np.zeros(0, np.int64)]).astype(np.int64)
    steps, units = np.divmod(flat, n_units)
    return Events(
        n_units=n_units, starts=starts, steps=steps.astype(np.int32), units=units.astype(np.int32), **rest
    )


def make_trial_rng(seed: int, *numbers: int) -> np.random.Generator:
    """The generator of one trial: a grandchild of the data's seed, by its set and number."""
    stream = make_sequence(seed, "trials")
    child = np.random.SeedSequence(stream.entropy, spawn_key=(*stream.spawn_key, *numbers))
    return np.random.default_rng(child)


def draw_events(rng: np.random.Generator, n_places: int, probability: float) -> NDArray[np.int64]:
    """Which of ``n_places`` hold an event, each with ``probability``: by the gaps between events."""
    expected = n_places * probability
    n_gaps = int(expected + 6 * expected**0.5 + 10)
    places = np.cumsum(rng.geometric(probability, n_gaps)) - 1
    while places[-1] < n_places:
        places = np.concatenate([places, places[-1] + np.cumsum(rng.geometric(probability, n_gaps))])
    return places[: np.searchsorted(places, n_places)]
