"""What there is to ask for: models, experiments, rules and tasks, with a line each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from bioplast.plasticity import RULES
from bioplast.plasticity.part import Part
from bioplast.project import list_experiments, list_models
from bioplast.tasks import TASKS


def make_listing(project: Path) -> dict[str, Mapping[str, str]]:
    """By kind, name to line; a rule's name is how it is written, ``largest(fraction, output=None)``."""
    tasks = {name: _first_line(load.__doc__) for name, load in TASKS.items()}
    return {
        "models": list_models(project),
        "experiments": list_experiments(project),
        "rules": {_sign(rule): rule.summary for _, rule in sorted(RULES.items())},
        "tasks": tasks | {"DIR": "a folder of four IDX files with MNIST's names, gzipped or not"},
    }


def _sign(rule: type[Part]) -> str:
    """A rule with its fields, as one would call it: ``largest(fraction, output=None)``."""
    fields = [
        field.name if field.default is dataclasses.MISSING else f"{field.name}={field.default}"
        for field in dataclasses.fields(rule)
    ]
    return f"{rule.name}({', '.join(fields)})" if fields else rule.name


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
