"""What passes between a study and the processes that carry out its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    is_lost : whether there was nobody to carry it out, so that it is tried again next time
    """

    config: Work
    reason: str
    details: str = ""
    is_request: bool = False
    is_lost: bool = False


def name_run(config: Work) -> str:
    """The name of a run or point for people."""
    if isinstance(config, Point):
        return f"{config.experiment}, {config.name}"
    return config.title


def summarize_failures(failures: Iterable[Failure], most: int = 3) -> str:
    """Why runs failed: the ``most`` frequent reasons, each once, with how many runs it ended."""
    counts = Counter(failure.reason for failure in failures)
    if len(counts) == 1:
        return next(iter(counts))
    parts = [f"{reason} ({n} run{'s' * (n > 1)})" for reason, n in counts.most_common(most)]
    n_more = sum(counts.values()) - sum(n for _, n in counts.most_common(most))
    return "; ".join(parts) + f"; and {n_more} for other reasons" * (n_more > 0)


def count_samples(config: Work) -> int | None:
    """How many trials a run takes at most; None for a point, of which that is not known."""
    return None if isinstance(config, Point) else config.max_samples
