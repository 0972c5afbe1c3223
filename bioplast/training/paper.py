"""The paper protocol: what van Rossum & Pache's published code does, and nothing better.

It draws training images with replacement, and after every 2,000 of them it tests on the whole test set
and stops above the goal: it stops on the test set, so the accuracy it ends with says nothing about
other images. Doi:10.1371/journal.pcbi.1012553
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.randomness import make_sequence
from bioplast.tasks.task import Task
from bioplast.training.protocol import Examination, IntArray, TrainingProtocol

N_EPOCHS = 5


@dataclass(frozen=True)
class Paper(TrainingProtocol):
    """Images drawn with replacement; stops when the test set is above the goal."""

    name: ClassVar[str] = "paper"
    summary: ClassVar[str] = "draws with replacement and stops on the test set, as the published code does"
    encoding: ClassVar[str] = "paper"

    @classmethod
    def default_max_samples(cls, task: Task) -> int:
        return N_EPOCHS * len(task.train)

    @property
    def epoch(self) -> int:
        return len(self.task.train)

    def order(self, first: int, n_trials: int) -> IntArray:
        last = first + n_trials
        epochs = range(first // self.epoch, -(-last // self.epoch))
        images = np.concatenate([self._draw(number) for number in epochs])
        offset = epochs.start * self.epoch
        return images[first - offset : last - offset]

    def _draw(self, number: int) -> IntArray:
        """As many images as there are, drawn by the child of epoch ``number``."""
        stream = make_sequence(self.seed, "order")
        child = np.random.SeedSequence(stream.entropy, spawn_key=(*stream.spawn_key, number))
        return np.random.default_rng(child).integers(0, self.epoch, self.epoch)

    @property
    def validation(self) -> Examination:
        return self.test

    @property
    def test(self) -> Examination:
        return Examination(self.task.test, np.arange(len(self.task.test)), stream=2)

    def wants_validation(self, online: float) -> bool:
        return True

    def is_reached(self, validation: float) -> bool:
        return validation > self.goal
