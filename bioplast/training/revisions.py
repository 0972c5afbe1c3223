"""Revisions of what computes: a number that is raised when the numbers of a part change.

They are in the key of every run, so that a run from before a change is not taken for one that would be
made now. Rules and protocols state theirs in their own files; the rest stands here. The golden records
(``tests/golden``) fail where numbers move and no revision does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bioplast.plasticity import RULES, Plasticity
from bioplast.training.protocols import PROTOCOLS

# The training loop with its random streams and books, each backend, and runs with shifted images.
REVISIONS = {"training": 1, "numeric": 1, "recurrent": 1, "brian": 1, "shift": 2}


def find_revision(part: str) -> int | None:
    """The revision of ``part``: in ``REVISIONS``, ``rule NAME`` or ``protocol NAME``; None for others."""
    kind, _, name = part.partition(" ")
    if kind == "rule":
        return RULES[name].revision if name in RULES else None
    if kind == "protocol":
        return PROTOCOLS[name].revision if name in PROTOCOLS else None
    return REVISIONS.get(part)


def list_parts(
    plasticity: Plasticity, backend: str | None, protocol: str, *, is_shifted: bool = False
) -> list[str]:
    """The parts that compute a run."""
    parts = ["training", *([backend] if backend else []), *(["shift"] if is_shifted else [])]
    return [*parts, f"protocol {protocol}", *(f"rule {part.name}" for part in plasticity.parts)]


def collect_revisions(parts: Iterable[str]) -> dict[str, int | None]:
    """The revision of each of ``parts``."""
    return {part: find_revision(part) for part in sorted(parts)}


def collect_all_revisions() -> Mapping[str, int | None]:
    """Every revision there is: what a measurement depends on of which no more is known."""
    rules = (f"rule {name}" for name in RULES)
    protocols = (f"protocol {name}" for name in PROTOCOLS)
    return collect_revisions([*REVISIONS, *rules, *protocols])
