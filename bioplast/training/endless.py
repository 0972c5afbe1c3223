"""The protocol of tasks whose training trials never end and never come again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.errors import RequestError
from bioplast.randomness import make_key
from bioplast.tasks.sequences import TimedTask
from bioplast.tasks.task import Task
from bioplast.training.protocol import Examination, IntArray, TrainingProtocol

MAX_SAMPLES = 16_000  # 500 updates of 32 trials: what is published for ``cues``
MOST_SAMPLES = 2**30
N_FRESH = 512
EPOCH = 1_000


@dataclass(frozen=True)
class Endless(TrainingProtocol):
    """Every trial is new, so the share of right answers while learning is the accuracy.

    When that of the last chunk is at the goal, 512 trials that are never learned from confirm it, or learning
    goes on. Each seed of a run has trials of its own. The task's test set is reported once.

    Raises
    ------
    RequestError : more trials are asked for than a seed has
    """

    interval: int = 500

    name: ClassVar[str] = "endless"
    summary: ClassVar[str] = "never shows a trial twice, stops on online accuracy that fresh trials confirm"
    encoding: ClassVar[str] = "events"

    def __post_init__(self) -> None:
        if self.max_samples > MOST_SAMPLES:
            raise RequestError(
                f"max_samples: a seed has at most {MOST_SAMPLES} trials, got {self.max_samples}"
            )

    @classmethod
    def default_max_samples(cls, task: Task) -> int:
        return MAX_SAMPLES

    @property
    def epoch(self) -> int:
        """A thousand trials are called one."""
        return EPOCH

    @property
    def _first(self) -> int:
        """Number of the seed's first trial."""
        return make_key(self.seed, "order") << 31

    def order(self, first: int, n_trials: int) -> IntArray:
        return self._first + np.arange(first, first + n_trials)

    @property
    def validation(self) -> Examination:
        return Examination(self.task.train, self._first + MOST_SAMPLES + np.arange(N_FRESH), stream=1)

    @property
    def test(self) -> Examination:
        return Examination(self.task.test, np.arange(len(self.task.test)), stream=2)

    def wants_validation(self, online: float) -> bool:
        return online >= self.goal

    def is_reached(self, validation: float) -> bool:
        return validation >= self.goal


def is_endless(task: Task) -> bool:
    """Whether the task's training trials never end."""
    return isinstance(task, TimedTask) and task.train.is_endless
