"""Docstrings and signatures of this library for napoleon and autodoc.

``name : what it is`` says what a thing is, not its type. A doctest ends the section that it stands in.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import inspect

SECTIONS = ("Parameters", "Attributes", "Raises", "Returns", "Yields")


def split_entries(lines: list[str]) -> list[str]:
    """``lines`` with what is behind the colon of an entry below it, where napoleon reads a description.

    Attributes that share a description each have it: napoleon would take their names for one name and a type.
    """
    new: list[str] = []
    section = ""
    for number, line in enumerate(lines):
        underline = lines[number + 1] if number + 1 < len(lines) else ""
        if re.fullmatch(r"-{3,}", underline):
            section = line if line in SECTIONS else ""
        elif section and line.startswith(">>>"):
            section = ""
            new += ["", "Examples", "--------"]
        entry = re.fullmatch(r"(\S[^:]*?) : (.*)", line) if section else None
        if entry is None:
            new.append(line)
            continue
        for name in entry[1].split(", ") if section == "Attributes" else [entry[1]]:
            new += [name, f"    {entry[2]}"]
    return new


def process(app: Sphinx, what: str, name: str, object_: Any, options: Any, lines: list[str]) -> None:
    """Change ``lines`` in place before napoleon sees them."""
    lines[:] = split_entries(lines)


def shorten(
    app: Sphinx, what: str, name: str, object_: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """A signature that a reader can use: not that of a metaclass, nor the word for defaults made anew."""
    if what == "class" and signature == "(*args, **kw)":  # Brian2's objects are made by one
        made = inspect.signature(object_.__init__, bound_method=True)
        signature = inspect.stringify_signature(
            made, show_return_annotation=False, unqualified_typehints=True
        )
    return signature and signature.replace("<factory>", "..."), returned


def setup(app: Sphinx) -> dict[str, bool]:
    """Come before napoleon, which listens to the same event."""
    app.connect("autodoc-process-docstring", process, priority=100)
    app.connect("autodoc-process-signature", shorten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
