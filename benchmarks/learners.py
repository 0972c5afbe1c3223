"""The programs that are held against each other, all with the same few methods."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.chunk import Chunks
from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.reference import present
from bioplast.backends.numeric.settings import Settings
from bioplast.network import State
from bioplast.plasticity import Plasticity
from bioplast.tasks.task import Images, Task, Trials
from models.ann import Network


class Learner(Protocol):
    """A network that learns."""

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""

    @property
    def n_writes(self) -> int:
        """Weight writes so far: the same in all learners, but for rounding."""

    @property
    def m1(self) -> float:
        """Summed size of the changes so far; the same here too."""


@dataclass
class KernelNetwork:
    """``models/ann.py`` as it is."""

    state: State
    plasticity: Plasticity
    settings: Settings

    def __post_init__(self) -> None:
        self._chunks = Chunks(self.settings, Rates(), self.plasticity)

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""
        return self._chunks.present(self.state, Trials(images, indices), learn=True).predictions

    @property
    def n_writes(self) -> int:
        """Weight writes so far."""
        return sum(energy.m0 for energy in self.state.energies.values())

    @property
    def m1(self) -> float:
        """Summed size of the changes so far."""
        return sum(energy.m1 for energy in self.state.energies.values())


class OracleNetwork(KernelNetwork):
    """``bioplast.backends.numeric.reference``, which the kernel equals bit by bit."""

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""
        outcome = present(
            self.state,
            Trials(images, indices),
            settings=self.settings,
            encoding=Rates(),
            plasticity=self.plasticity,
            learn=True,
        )
        return outcome.predictions


# What is imported only where it is measured: one learner's memory must not hold another's libraries.
LEARNERS = {
    "kernel": ("benchmarks.learners", "KernelNetwork"),
    "oracle": ("benchmarks.learners", "OracleNetwork"),
    "dense": ("benchmarks.dense", "DenseNetwork"),
    "lean": ("benchmarks.lean", "LeanNetwork"),
    "pytorch": ("benchmarks.pytorch", "TorchNetwork"),
}
PACKAGES = {"pytorch": "torch"}  # that are not among the project's own requirements


def is_there(learner: str) -> bool:
    """Whether what the learner needs is installed."""
    return importlib.util.find_spec(PACKAGES.get(learner, "bioplast")) is not None


def make_learner(learner: str, task: Task, rule: str, n_hidden: int) -> Learner:
    """A learner with the first weights of seed 1."""
    plasticity = Plasticity.parse(rule)
    network = Network(task.n_pixels, task.n_classes, n_hidden, plasticity)
    module, name = LEARNERS[learner]
    make: Any = getattr(importlib.import_module(module), name)
    return make(network.initial_state(1), plasticity, network.constants)
