"""What a run is asked to do, and the key it is filed under."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from bioplast.changes import format_changes
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice, check_count, check_fraction
from bioplast.sizes import Hidden, simplify
from bioplast.training.protocols import check_protocol

# Of the key itself. What a run's numbers depend on has revisions of its own (``training.revisions``).
SCHEMA = 2
DEVICES = ("cpp_standalone", "runtime", "numba")  # the first is that of networks which name none
MOST_SEED = 2**63 - 1  # tables of runs hold no larger number
_SELDOM = ("interval", "shift", "falling")  # in records and keys only where they are not as usual
MOST_SAMPLES = 2**32  # trials are told apart by 32 bits where spikes are drawn


@dataclass(frozen=True)
class RunConfig:
    """The configuration of one run, checked when made.

    ``hidden``, ``device`` and ``max_samples`` may be left to the model and the protocol; ``set_up``
    (``bioplast.training.run``) fills them in, together with the model's ``settings`` and the
    ``provenance``, and only then does the configuration have a key.

    Attributes
    ----------
    model : name of a file in models/
    rule : text form of the plasticity declaration; kept in its canonical form
    hidden : number of hidden units, at least 1, or a tuple of numbers, one a hidden layer; None for the
        model's own
    seed : from 0 to ``MOST_SEED``
    task : ``"mnist"`` or a folder of IDX files
    protocol : name of the training protocol
    goal : accuracy to reach, in (0, 1]
    max_samples : trials after which the run gives up, from 1 to ``MOST_SAMPLES``; None for the protocol's own
    device : what a network that has several runs on: ``"cpp_standalone"`` or ``"runtime"`` in Brian2, or
        ``"numba"``; None for the model's own
    options : settings of the model that are not as the model has them, by name; truth values, numbers
        and words
    interval : trials between two looks at the accuracy, at least 1; None for the protocol's own number
    shift : pixels by which images that are learned from are shifted at most
    falling : whether learning rates fall to 0 at ``max_samples``
    settings : the model's settings; None until the network is made
    provenance : what the numbers depend on beside all this (``bioplast.training.provenance``); None until
        the network is made

    Raises
    ------
    RequestError : a value that is not allowed
    """

    model: str
    rule: str = "plain"
    hidden: Hidden | None = None
    seed: int = 1
    task: str = "mnist"
    protocol: str = "standard"
    goal: float = 0.95
    max_samples: int | None = None
    device: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    interval: int | None = None
    shift: int = 0
    falling: bool = False
    settings: Mapping[str, Any] | None = field(default=None, hash=False)
    provenance: Mapping[str, Any] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", str(Plasticity.parse(self.rule)))
        if self.hidden is not None:
            object.__setattr__(self, "hidden", _check_hidden(self.hidden))
        _check_seed(self.seed)
        check_protocol(self.protocol)
        check_fraction(self, "goal", self.goal)
        object.__setattr__(self, "goal", float(self.goal))
        if self.max_samples is not None:
            check_count(self, "max_samples", self.max_samples)
            _check_most("max_samples", self.max_samples, MOST_SAMPLES)
        if self.device is not None:
            check_choice(self, "device", self.device, DEVICES)
        if self.interval is not None:
            check_count(self, "interval", self.interval)
        if isinstance(self.shift, bool) or not isinstance(self.shift, int) or self.shift < 0:
            raise RequestError(f"RunConfig.shift: must be a whole number >= 0, got {self.shift!r}")
        if not isinstance(self.falling, bool):
            raise RequestError(f"RunConfig.falling: must be true or false, got {self.falling!r}")
        object.__setattr__(self, "options", _check_options(self.options))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunConfig:
        """The configuration that ``to_dict`` gave ``values`` for."""
        return cls(**{name: values[name] for name in (f.name for f in fields(cls)) if name in values})

    @property
    def plasticity(self) -> Plasticity:
        """The declaration that ``rule`` is the text of."""
        return Plasticity.parse(self.rule)

    @property
    def title(self) -> str:
        """The run's name for people, such as ``spiking, largest(0.02), feedback=random, seed 3``."""
        changes = format_changes({**self.options, **self._list_unusual()})
        parts = (self.model, self.rule, changes, f"seed {self.seed}")
        return ", ".join(part for part in parts if part)

    @cached_property
    def key(self) -> str:
        """16 hexadecimal digits that differ whenever anything differs that shapes the run.

        The task counts by its images and labels, wherever they lie.

        Raises
        ------
        RuntimeError : the configuration was not completed by ``set_up``
        """
        if None in (self.hidden, self.device, self.max_samples, self.settings, self.provenance):
            raise RuntimeError("a run has a key once set_up() has filled in what the model settles")
        return make_key(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The configuration as it stands in a run's record; of what is seldom asked for only what is."""
        values = {f.name: deepcopy(getattr(self, f.name)) for f in fields(self) if f.name not in _SELDOM}
        return values | self._list_unusual()

    def _list_unusual(self) -> dict[str, Any]:
        defaults = {f.name: f.default for f in fields(self) if f.name in _SELDOM}
        return {name: getattr(self, name) for name, usual in defaults.items() if getattr(self, name) != usual}


def make_key(config: Mapping[str, Any]) -> str:
    """The key of a complete configuration, as ``to_dict`` gives it; its task counts by its data alone."""
    values = {"schema": SCHEMA, **config}
    values.pop("task", None)
    text = json.dumps(values, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_hidden(hidden: object) -> Hidden:
    sizes: Sequence[Any] = hidden if isinstance(hidden, list | tuple) and hidden else [hidden]
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            allowed = "a whole number >= 1, or several, one a hidden layer"
            raise RequestError(f"RunConfig.hidden: must be {allowed}, got {hidden!r}")
    return simplify(sizes)


def _check_seed(seed: object) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise RequestError(f"RunConfig.seed: must be a whole number >= 0, got {seed!r}")
    _check_most("seed", seed, MOST_SEED)


def _check_most(name: str, value: int, most: int) -> None:
    if value > most:
        raise RequestError(f"RunConfig.{name}: must be at most {most}, got {value}")


def _check_options(options: object) -> dict[str, Any]:
    """``options`` in the order of their names."""
    if not isinstance(options, Mapping) or not all(isinstance(name, str) for name in options):
        raise RequestError(f"RunConfig.options: must be values by name of a setting, got {options!r}")
    for name, value in options.items():
        is_finite = isinstance(value, float) and math.isfinite(value)
        if not is_finite and not isinstance(value, bool | int | str):
            raise RequestError(
                f"RunConfig.options: {name} must be true or false, a number or a word, got {value!r}"
            )
    return dict(sorted(options.items()))
