"""The settings that ``experiments/tuning.py`` chose, for the experiments that compare networks and rules."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.jsontext import parse_json
from bioplast.project import EXPERIMENTS, STUDY

# What `bioplast run tuning` writes as results/tuning/figure.csv, copied: every setting that was tried.
TUNED_FILE = STUDY / EXPERIMENTS / "tuning.csv"


@dataclass(frozen=True)
class Tuned:
    """The setting that was chosen for a network and a kind of rule.

    Attributes
    ----------
    model : the network
    rule : text form of the rule
    options : the settings of the network that are not as it has them: its learning rates
    """

    model: str
    rule: str
    options: Mapping[str, Any]

    @property
    def cell(self) -> dict[str, Any]:
        """The setting as a cell of a ``Grid``."""
        return {"model": self.model, "rule": self.rule, "options": dict(self.options)}


def read_tuned(model: str, kind: str, *, path: Path = TUNED_FILE) -> Tuned:
    """The setting that was chosen for ``model`` among those of a ``kind`` of rule.

    Parameters
    ----------
    model : a network that was tuned
    kind : ``plain``, ``largest``, ``above`` ...: a key of ``KINDS`` in ``experiments/tuning.py``
    path : the settings that were tried

    Raises
    ------
    RequestError : none was chosen for this network and kind, or the file cannot be read
    """
    tuned = _read_file(path)
    if (model, kind) not in tuned:
        known = ", ".join(f"{kind} ({model})" for model, kind in tuned)
        raise RequestError(f"read_tuned: nothing was tuned for {kind!r} in {model!r}; there are {known}")
    return tuned[model, kind]


@cache
def _read_file(path: Path) -> dict[tuple[str, str], Tuned]:
    """What was chosen, by network and kind."""
    try:
        rows = list(csv.DictReader(read_file(path).decode().splitlines()))
        return {
            (row["model"], row["label"]): Tuned(row["model"], row["rule"], _read_options(row["options"]))
            for row in rows
            if row["chosen"] == "True"
        }
    except (OSError, ValueError, KeyError) as error:
        raise RequestError(f"read_tuned: {path} cannot be read: {error}") from None


def _read_options(text: str) -> dict[str, Any]:
    """Numbers by name, from ``learning_rate=0.01, learning_rate_output=0.02``."""
    pairs = (part.partition("=") for part in text.split(", ") if part)
    return {name: parse_json(value) for name, _, value in pairs}
