"""A grid of runs that nobody has written a file for: every combination of some values."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.sizes import simplify
from bioplast.spelling import list_known
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.studies.sweep_figure import CAPTION, Shown

SWEEP_FILE = "sweep.toml"
SETTINGS = "set"  # the table of the network's settings in a file
# What may have several values; the order of columns.
AXES = (
    *("model", "rule", "hidden", "task", "protocol", "goal", "max_samples", "interval", "shift", "falling"),
    "device",
)
MOST_RUNS = 100_000


Values = tuple[Any, ...]


@dataclass(frozen=True)
class Sweep:
    """Every combination of some values, each with the seeds 1, 2, ...

    Attributes
    ----------
    axes : fields of ``RunConfig`` to the values they have, a ``model`` at least; see ``AXES``
    settings : settings of the networks to the values they have
    seeds : runs of each combination

    Raises
    ------
    RequestError : no such name, no value, or more runs than ``MOST_RUNS``
    """

    axes: Mapping[str, Values]
    settings: Mapping[str, Values] = field(default_factory=dict)
    seeds: int = 1

    def __post_init__(self) -> None:
        for name, values in {**self.axes, **self.settings}.items():
            if not values:
                raise RequestError(f"{name}: must have a value")
        for name in self.axes:
            if name not in AXES:
                raise RequestError(f"sweep: nothing is called {name!r}; {list_known(name, [*AXES, 'seeds'])}")
        if "model" not in self.axes:
            raise RequestError("model: a sweep must name a model at least")
        if isinstance(self.seeds, bool) or not isinstance(self.seeds, int) or self.seeds < 1:
            raise RequestError(f"seeds: must be a whole number >= 1, got {self.seeds!r}")
        n_runs = self.seeds * math.prod(map(len, [*self.axes.values(), *self.settings.values()]))
        if n_runs > MOST_RUNS:
            raise RequestError(f"sweep: must be at most {MOST_RUNS:,} runs, got {n_runs:,}")

    @property
    def name(self) -> str:
        """A name that other sweeps do not have."""
        return f"sweep-{hashlib.sha256(self.to_toml().encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"

    def to_toml(self) -> str:
        """The sweep as ``read_sweep`` reads it."""
        lines = [f"{name} = {_format(values)}" for name, values in self.axes.items()]
        lines.append(f"seeds = {self.seeds}")
        if self.settings:
            lines += ["", f"[{SETTINGS}]"]
            lines += [f"{json.dumps(name)} = {_format(values)}" for name, values in self.settings.items()]
        return "\n".join(lines) + "\n"

    def make_study(self) -> Study:
        """What ``experiments/NAME.py`` would declare."""
        axes: dict[str, Any] = dict(self.axes)
        if self.settings:
            combinations: list[dict[str, Any]] = [{}]
            for name, values in self.settings.items():
                combinations = [{**chosen, name: value} for chosen in combinations for value in values]
            axes["options"] = tuple(combinations)
        varied = [name for name, values in {**self.axes, **self.settings}.items() if len(values) > 1]
        shown = Shown(varied, tuple(self.settings))
        return Study(
            grid=Grid(seeds=self.seeds, **axes),
            analyze=shown.analyze,
            plot=shown.plot,
            summarize=shown.summarize,
            describe=lambda data: {"axes": " x ".join(varied) or "the one cell"},
            caption=CAPTION,
        )

    def make_module(self, name: str) -> ModuleType:
        """A module as that of ``experiments/NAME.py``, for ``run_experiments``."""
        module = ModuleType(f"bioplast_sweeps.{name}", f"Every combination of {', '.join(self.axes)}.")
        command = f"bioplast sweep --file {SWEEP_FILE} --name {name}"
        vars(module).update(STUDY=self.make_study(), COMMAND=command, __file__=SWEEP_FILE)
        return module


def read_sweep(path: Path) -> Sweep:
    """The sweep that a TOML file declares: values, or lists of them, by field; ``seeds``; a table ``set``.

    Raises
    ------
    RequestError : the file cannot be read, or does not declare one
    """
    try:
        content = tomllib.loads(read_file(path).decode("utf-8"))
    except OSError as error:
        raise RequestError(f"--file: cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise RequestError(f"--file: {path} is not TOML: {error}") from None
    seeds = content.pop("seeds", 1)
    settings = content.pop(SETTINGS, {})
    if not isinstance(settings, dict):
        raise RequestError(f"{SETTINGS}: must be a table of settings, got {settings!r}")
    axes = {name: read_values(name, value) for name, value in content.items()}
    return Sweep(axes, {name: read_values(name, value) for name, value in settings.items()}, seeds)


def read_values(name: str, value: Any) -> Values:
    """One value or a list of them; several sizes of hidden layers are a list in the list.

    Raises
    ------
    RequestError : something that no run can have

    >>> read_values("hidden", [50, [100, 60]]), read_values("rule", "plain")
    ((50, (100, 60)), ('plain',))
    """
    values = value if isinstance(value, list) else [value]
    if name == "hidden":
        return tuple(simplify(one) if isinstance(one, list) and one else one for one in values)
    for one in values:
        if not isinstance(one, str | bool | int | float):
            raise RequestError(
                f"{name}: must be a word, a number, true or false, or a list of them, got {one!r}"
            )
    return tuple(values)


def _format(values: Values) -> str:
    """TOML; what JSON writes of these is TOML as well."""
    return json.dumps(list(values), ensure_ascii=False)
