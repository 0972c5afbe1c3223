"""The standard protocol: stop on images held out of the training set, report the test set once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from bioplast.errors import RequestError
from bioplast.randomness import make_rng, make_sequence
from bioplast.tasks.task import Task
from bioplast.training.protocol import Examination, IntArray, TrainingProtocol

HELD_OUT = 1 / 12  # 5,000 of MNIST's 60,000 training images
N_EPOCHS = 5
# Below this distance of the chunk's online accuracy from the goal, validation cannot be at the
# goal, and on MNIST it costs more than the chunk.
MARGIN = 0.02


@dataclass(frozen=True)
class Standard(TrainingProtocol):
    """Every epoch is a fresh permutation of the training images that are not held out.

    Validation images are drawn by the ``split`` stream, unless the task holds out some of its own;
    permutations by the ``order`` stream of the seed: the same for every network. The run stops when
    validation is at the goal.

    Raises
    ------
    RequestError : the task has fewer than two training images
    """

    name: ClassVar[str] = "standard"
    summary: ClassVar[str] = "stops on validation images held out of the training set, tests once"
    encoding: ClassVar[str] = "rates"

    def __post_init__(self) -> None:
        _check_size(self.task)

    @classmethod
    def default_max_samples(cls, task: Task) -> int:
        _check_size(task)
        return N_EPOCHS * (len(task.train) - _count_held_out(task))

    @cached_property
    def _split(self) -> tuple[IntArray, IntArray]:
        """Held-out images and the images to learn from, as indices into the training set."""
        shuffled = make_rng(self.seed, "split").permutation(len(self.task.train))
        n_held_out = _count_held_out(self.task)
        return np.sort(shuffled[:n_held_out]), np.sort(shuffled[n_held_out:])

    @property
    def epoch(self) -> int:
        return len(self._split[1])

    def order(self, first: int, n_trials: int) -> IntArray:
        last = first + n_trials
        epochs = range(first // self.epoch, -(-last // self.epoch))
        images = np.concatenate([self._permute(number) for number in epochs])
        offset = epochs.start * self.epoch
        return images[first - offset : last - offset]

    def _permute(self, number: int) -> IntArray:
        """The training images in the order of epoch ``number``, the child of that number."""
        stream = make_sequence(self.seed, "order")
        child = np.random.SeedSequence(stream.entropy, spawn_key=(*stream.spawn_key, number))
        return np.random.default_rng(child).permutation(self._split[1])

    @property
    def validation(self) -> Examination:
        if self.task.validation is not None:
            return Examination(self.task.validation, np.arange(len(self.task.validation)), stream=1)
        return Examination(self.task.train, self._split[0], stream=1)

    @property
    def test(self) -> Examination:
        return Examination(self.task.test, np.arange(len(self.task.test)), stream=2)

    def wants_validation(self, online: float) -> bool:
        # Shifted images are harder than those it is examined on: how much harder is not known.
        return self.shift > 0 or online >= self.goal - MARGIN

    def is_reached(self, validation: float) -> bool:
        return validation >= self.goal


def _count_held_out(task: Task) -> int:
    return 0 if task.validation is not None else max(1, round(HELD_OUT * len(task.train)))


def _check_size(task: Task) -> None:
    if len(task.train) < 2:
        raise RequestError(
            f"task: the standard protocol needs at least 2 training images, {task.name} has {len(task.train)}"
        )
