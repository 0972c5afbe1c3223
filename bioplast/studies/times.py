"""How long runs and measurements will take, learned from those that are stored."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.jsontext import parse_json
from bioplast.plasticity import Plasticity
from bioplast.sizes import list_sizes
from bioplast.studies.point import POINT_FILE, Point
from bioplast.training.config import RunConfig
from bioplast.training.record import RECORD_FILE

# Where nothing like it is stored: an image takes so long for each hidden unit, and a run this many of them; a
# measurement takes this long. Only the time that is told depends on it, and the order in which runs start.
SECONDS_PER_UNIT = 1e-6
USUAL_SAMPLES, USUAL_HIDDEN = 50_000, 100
POINT_SECONDS = 10.0
MOST_READ = 1000  # files, the latest

Work = RunConfig | Point


@dataclass
class Times:
    """What stored runs and measurements took.

    An expected time is the median over the most similar ones that are stored: those that differ by the seed
    alone; or with the same kinds of rules in the same network; or of the same network; or, in the end, any.
    Where sizes and numbers of samples differ, time goes with their product. A measurement is like those with
    the same words among its values, or else any of its experiment.

    Attributes
    ----------
    seconds : seconds for a unit of work of each that is stored, by what is similar
    """

    seconds: Mapping[Hashable, list[float]] = field(default_factory=dict)

    @classmethod
    def read(cls, results: Path) -> Times:
        """Of everything in the folder ``results``; what cannot be read says nothing."""
        seconds: dict[Hashable, list[float]] = defaultdict(list)
        for path, changed in _find_latest(results):
            for kind, rate in _read_rates(path, changed):
                seconds[kind].append(rate)
        return cls(seconds)

    def expect(self, work: Work) -> float:
        """About how many seconds ``work`` will take."""
        found = (self.seconds[kind] for kind in _list_kinds(work) if kind in self.seconds)
        rates = next(found, None)
        if rates is None:
            rates = [POINT_SECONDS if isinstance(work, Point) else SECONDS_PER_UNIT]
        return statistics.median(rates) * _measure_work(work)


def _find_latest(results: Path) -> Iterator[tuple[Path, int]]:
    """The latest files of runs and measurements, with the times when they changed."""
    folders = [entry for experiment in _list_folders(results) for entry in _list_folders(experiment)]
    latest = sorted(folders, key=lambda entry: -entry.stat().st_mtime_ns)[:MOST_READ]
    for path in (Path(folder) / name for folder in latest for name in (RECORD_FILE, POINT_FILE)):
        with suppress(OSError):
            yield path, path.stat().st_mtime_ns


def _list_folders(folder: Path | os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    if Path(folder).is_dir():
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.is_dir())


@lru_cache(maxsize=10 * MOST_READ)  # every experiment of a call asks
def _read_rates(path: Path, changed: int) -> list[tuple[Hashable, float]]:
    """Seconds for a unit of work of the file at ``path``, by what is similar; ``changed`` tells versions."""
    try:
        work, taken = _read(path)
        return [(kind, taken / _measure_work(work)) for kind in _list_kinds(work)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RequestError):
        return []


def _read(path: Path) -> tuple[Work, float]:
    content = parse_json(read_file(path))
    if path.name == POINT_FILE:
        return Point(content["experiment"], content["values"]), float(content["seconds"])
    return RunConfig.from_dict(content["config"]), float(sum(content["seconds"].values()))


def _list_kinds(work: Work) -> Iterable[Hashable]:
    """What is similar to ``work``, from the most to the least."""
    if isinstance(work, Point):
        values = {name: value for name, value in work.values.items() if name != "seed"}
        words = {name: value for name, value in values.items() if isinstance(value, str)}
        yield from (("point", work.experiment, tuple(sorted(kind.items()))) for kind in (values, words))
        yield ("point", work.experiment)
        return
    names = ("rule", "hidden", "task", "protocol", "goal", "max_samples", "device")
    options = tuple(work.options.items())
    yield ("run", work.model, *(getattr(work, name) for name in names), options)
    yield ("run", work.model, tuple(part.name for part in Plasticity.parse(work.rule).parts))
    yield ("run", work.model)
    yield ("run",)


def _measure_work(work: Work) -> float:
    """Samples x hidden units; 1 for a measurement."""
    if isinstance(work, Point):
        return 1.0
    hidden = sum(list_sizes(work.hidden or USUAL_HIDDEN))
    return float(min(work.max_samples or USUAL_SAMPLES, USUAL_SAMPLES) * hidden)
