"""What the numbers of a run depend on beside its configuration, and how that differs between two runs.

It is in the key of a run: one that is found again is the run that would be made. ``data`` is a digest of the
task's images and labels, wherever they lie; ``revisions`` are those of the parts of the library that compute
(``bioplast.training.revisions``); ``code`` are digests of the files of the study and of the rules.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bioplast.code_digest import digest_code
from bioplast.loading import digest_module, read_source
from bioplast.plasticity import RULES, Plasticity
from bioplast.plasticity.part import Part
from bioplast.project import find_code
from bioplast.tasks.task import Task
from bioplast.training.revisions import collect_revisions, list_parts

Provenance = Mapping[str, Any]


def collect_provenance(
    module: ModuleType,
    project: Path,
    *,
    task: Task,
    plasticity: Plasticity,
    backend: str | None,
    protocol: str,
    is_shifted: bool = False,
) -> dict[str, Any]:
    """What a run depends on, as JSON values.

    Parameters
    ----------
    module : the file of its network, in ``project``
    task : what is learned
    plasticity, protocol : the run's
    backend : what computes the network; None if that is all in its own file
    is_shifted : whether images are shifted
    """
    rules = {f"rule {part.name}": digest_rule(type(part)) for part in plasticity.parts}
    return {
        "data": task.digest,
        "revisions": collect_revisions(list_parts(plasticity, backend, protocol, is_shifted=is_shifted)),
        "code": {**digest_module(module, project), **rules},
    }


@cache
def digest_rule(rule: type[Part]) -> str:
    """The code of the file that ``rule`` stands in, as it was when a run of this process first asked."""
    return digest_code(read_source(Path(inspect.getfile(rule))))


def explain_difference(before: Provenance | None, now: Provenance) -> str:
    """In what a run made under ``before`` differs from one made ``now``; empty if in nothing."""
    if before is None:
        return "it is of an earlier version of bioplast, which did not keep what its numbers depend on"
    reasons = []
    if before["data"] != now["data"]:
        reasons.append("the task's images or labels are others")
    for part in sorted({*before["revisions"], *now["revisions"]}):
        old, new = before["revisions"].get(part), now["revisions"].get(part)
        if old != new:
            reasons.append(f"{part} had revision {old}, and has {new}")
    for name in sorted({*before["code"], *now["code"]}):
        old, new = before["code"].get(name), now["code"].get(name)
        if old != new:
            reasons.append(f"the code of {name} is {'gone' if new is None else 'another'}")
    return "; ".join(reasons)


def explain_other(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """In what the run of one configuration differs from that of another, both as they stand in records."""
    provenance = explain_difference(before.get("provenance"), now["provenance"])
    fields = [name for name in now if name not in ("provenance", "settings", "task")]
    reasons = [
        f"its {name} is {before.get(name)!r}, not {now[name]!r}"
        for name in fields
        if before.get(name) != now[name]
    ]
    return "; ".join([*reasons, *([provenance] if provenance else [])]) or "its settings are others"


def update_provenance(before: Provenance, project: Path | None, data: str | None) -> dict[str, Any]:
    """What ``before`` would be now, found without making the network.

    Parameters
    ----------
    before : of a run that was made
    project : where its files are; None if that is not known, and they count as they were
    data : digest of its task now; None if that is not known
    """
    code = {}
    for name, digest in before["code"].items():
        kind, _, rule = name.partition(" ")
        if kind == "rule":
            if rule in RULES:
                code[name] = digest_rule(RULES[rule])
        elif project is None:
            code[name] = digest
        elif (path := find_code(name, project)) is not None:
            code[name] = _digest_file(path, path.stat().st_mtime_ns, path.stat().st_size)
    return {
        "data": before["data"] if data is None else data,
        "revisions": collect_revisions(before["revisions"]),
        "code": code,
    }


@cache
def _digest_file(path: Path, changed: int, size: int) -> str:
    try:
        return digest_code(read_source(path))
    except SyntaxError:
        return "not Python"
