"""A finished run's network, as training left it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.network import State
from bioplast.project import find_project
from bioplast.tasks.load import load_task
from bioplast.tasks.task import Task, Trials
from bioplast.training.config import RunConfig
from bioplast.training.loop import Position, evaluate
from bioplast.training.protocol import Examination
from bioplast.training.record import Run, read_run
from bioplast.training.run import SetUp, set_up
from bioplast.training.weights import read_weights, restore_weights


@dataclass(frozen=True)
class Trained:
    """A network and what it has learned.

    Attributes
    ----------
    run : the finished run
    setup : how it was made; ``setup.model`` is the network
    state : its weights and books
    """

    run: Run
    setup: SetUp
    state: State

    def evaluate(self, task: Task) -> float:
        """The share of the test images of ``task`` that the network answers right.

        Raises
        ------
        RequestError : the images are of another size, or there are more classes than outputs
        """
        return evaluate(self.setup.model, self.state, self._examine(task), Position())

    def record(self, kind: str, images: Sequence[int], task: Task | None = None) -> dict[str, NDArray[Any]]:
        """What the cells do while they are shown test images, without learning: ``backends.brian.activity``.

        Parameters
        ----------
        kind : ``"spikes"`` or ``"potentials"``
        images : numbers of test images
        task : whose; the run's own if None

        Raises
        ------
        RequestError : the network cannot be recorded from, or there is no such image
        """
        from bioplast.backends.brian.activity import record

        examination = self._examine(self.setup.protocol.task if task is None else task)
        indices = np.asarray(images, np.int64)
        n_images = len(examination.indices)
        if len(indices) == 0 or indices.min() < 0 or indices.max() >= n_images:
            raise RequestError(f"trials: must be among the test images 0 to {n_images - 1}, got {images}")
        # A test image is shown in the trial of its number, so that its spikes are those of the test.
        blocks = np.split(indices, np.flatnonzero(np.diff(indices) != 1) + 1)
        trials = [
            Trials(examination.images, examination.indices[block], int(block[0]), examination.stream)
            for block in blocks
        ]
        return record(kind, self.setup.model, self.state, trials)

    def _examine(self, task: Task) -> Examination:
        known = self.setup.protocol.task
        if task.n_pixels != known.n_pixels or task.n_classes > known.n_classes:
            raise RequestError(
                f"task: the network was trained on {known.n_pixels} pixels and {known.n_classes} classes, "
                f"{task.name} has {task.n_pixels} and {task.n_classes}"
            )
        return replace(self.setup.protocol, task=task).test


def load_network(folder: Path | str, *, project: Path | None = None, task: Task | None = None) -> Trained:
    """The network of the finished run in ``folder``.

    Parameters
    ----------
    folder : the run's
    project : folder with models/ and experiments/; the one around ``folder`` if None
    task : what was learned, if it was of ``Task.from_arrays``

    Raises
    ------
    RequestError : there is no finished run, its files are damaged, its task is gone, or what its numbers
        depend on has changed since, so that the network would be another
    """
    folder = Path(folder)
    run = read_run(folder)
    folder = folder if folder.is_dir() else folder.parent
    config = RunConfig.from_dict(run.record.get("config", {}))
    if config.provenance is None:
        raise RequestError(f"run: {folder} is of an earlier version of bioplast, which kept no weights")
    setup = set_up(config, project=find_project(folder) if project is None else project, task=task)
    state = setup.model.initial_state(config.seed)
    restore_weights(state, read_weights(folder), folder)
    state.trial = run.record["samples"]
    return Trained(run, setup, state)


def load_test_task(name: str | None, trained: Trained) -> Task:
    """The task called ``name``; the run's own if None."""
    return trained.setup.protocol.task if name is None else load_task(name)
