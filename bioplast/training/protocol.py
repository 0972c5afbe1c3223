"""What the training loop asks a protocol: which images, in which order, and when to stop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.randomness import make_key
from bioplast.tasks.shift import shift_trials
from bioplast.tasks.task import Images, Task, Trials

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Examination:
    """Images to be examined on, without learning.

    Attributes
    ----------
    images : the set they come from
    indices : (n_trials,) int64, which of them, in order
    stream : the stream of Poisson spikes (``Trials.stream``)
    """

    images: Images
    indices: IntArray
    stream: int


@dataclass(frozen=True)
class TrainingProtocol(ABC):
    """How a network is trained and examined; the same for all networks.

    A protocol holds nothing that moves: the order of images is a function of the trial's number, so
    a run can go on from any trial.

    Attributes
    ----------
    task : what is learned
    seed : the run's seed
    goal : accuracy to reach
    max_samples : trials after which the run gives up
    interval : trials learned from between two looks at the accuracy
    shift : pixels by which images that are learned from are shifted at most, up or down and left or right;
        those it is examined on are as they are
    falling : whether learning rates fall, in equal steps from chunk to chunk, to 0 at ``max_samples``
    """

    task: Task
    seed: int
    goal: float
    max_samples: int
    interval: int = 2000
    shift: int = 0
    falling: bool = False

    name: ClassVar[str]
    summary: ClassVar[str]
    revision: ClassVar[int] = 1  # raised when the numbers change; runs from before are then outdated
    encoding: ClassVar[str]  # how pixels become input

    @classmethod
    @abstractmethod
    def default_max_samples(cls, task: Task) -> int:
        """Trials after which a run gives up unless it says otherwise."""

    @property
    @abstractmethod
    def epoch(self) -> int:
        """Number of trials in an epoch."""

    @abstractmethod
    def order(self, first: int, n_trials: int) -> IntArray:
        """(n_trials,) the training images of the trials from number ``first`` on."""

    def make_trials(self, samples: int, first: int) -> Trials:
        """The next chunk of trials of a run that has learned from ``samples``, numbered from ``first`` on."""
        n_trials = min(self.interval, self.max_samples - samples)
        indices = self.order(samples, n_trials)
        trials = Trials(self.task.train, indices, first)
        if self.shift:
            trials = shift_trials(self.task, indices, first, self.shift, make_key(self.seed, "order"))
        return replace(trials, rate=1 - samples / self.max_samples) if self.falling else trials

    @property
    @abstractmethod
    def validation(self) -> Examination:
        """What decides when to stop."""

    @property
    @abstractmethod
    def test(self) -> Examination:
        """What is reported in the end."""

    @abstractmethod
    def wants_validation(self, online: float) -> bool:
        """Whether to validate after a chunk with the online accuracy ``online``."""

    @abstractmethod
    def is_reached(self, validation: float) -> bool:
        """Whether the validation accuracy ``validation`` ends the run."""
