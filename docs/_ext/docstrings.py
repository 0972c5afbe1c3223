"""Docstrings of this library for napoleon: ``name : what it is`` says what a thing is, not its type."""

import re
from typing import Any

from sphinx.application import Sphinx

SECTIONS = ("Parameters", "Attributes", "Raises", "Returns", "Yields")


def split_entries(lines: list[str]) -> list[str]:
    """``lines`` with what is behind the colon of an entry below it, where napoleon reads a description."""
    new: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        underline = lines[number + 1] if number + 1 < len(lines) else ""
        if re.fullmatch(r"-{3,}", underline):
            inside = line in SECTIONS
        entry = re.fullmatch(r"(\S[^:]*?) : (.*)", line) if inside else None
        new += [entry[1], f"    {entry[2]}"] if entry else [line]
    return new


def process(app: Sphinx, what: str, name: str, object_: Any, options: Any, lines: list[str]) -> None:
    """Change ``lines`` in place before napoleon sees them."""
    lines[:] = split_entries(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    """Come before napoleon, which listens to the same event."""
    app.connect("autodoc-process-docstring", process, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
