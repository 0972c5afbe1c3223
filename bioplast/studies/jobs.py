"""What passes between a study and the processes that carry out its runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bioplast.studies.point import Point
from bioplast.training.config import RunConfig

# What there is to do: train a network to a goal, or measure a point of an experiment.
Work = RunConfig | Point


@dataclass(frozen=True)
class Job:
    """One run to carry out.

    Attributes
    ----------
    config : the run, or the point to measure
    folder : where it is written
    expected_seconds : how long it may take; only the order and the time left depend on it
    is_fresh : whether it is carried out again if it is there already
    """

    config: Work
    folder: Path
    expected_seconds: float = 1.0
    is_fresh: bool = False


@dataclass(frozen=True)
class Event:
    """How far a run is.

    Attributes
    ----------
    job : place of the run in the list of jobs
    worker : address of the process at work on it
    samples : trials learned from
    online : accuracy over the last chunk; None before the first
    images_per_second : speed of learning so far; None before the first chunk
    """

    job: int
    worker: str
    samples: int = 0
    online: float | None = None
    images_per_second: float | None = None


@dataclass(frozen=True)
class Failure:
    """A run that could not be carried out.

    Attributes
    ----------
    config : the run or point
    reason : one line
    details : traceback, where there is one
    is_request : whether the request was wrong, so that trying again cannot help
    """

    config: Work
    reason: str
    details: str = ""
    is_request: bool = False


def name_run(config: Work) -> str:
    """The name of a run or point for people."""
    if isinstance(config, Point):
        return f"{config.experiment}, {config.name}"
    return config.title


def count_samples(config: Work) -> int | None:
    """How many trials a run takes at most; None for a point, of which that is not known."""
    return None if isinstance(config, Point) else config.max_samples
