"""The versions of Brian2 for which those of our parts were made that take the place of its own.

They are the templates, what is changed in generated source (``source``), and the joining of its pieces
(``compile``). All match on text that Brian2 writes, so with a version that nobody has tried they are left
out: the numbers are the same then, and networks are slower. What else rests on Brian2's private parts has
nothing of Brian2's to go back to (``workspace``).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version

from bioplast.notice import warn_on_stderr

FIRST, AFTER_LAST = (2, 9), (2, 12)  # the bounds in pyproject.toml


def is_made_for(brian2: str) -> bool:
    """Whether our parts were made for this version of Brian2."""
    numbers = re.match(r"(\d+)\.(\d+)", brian2)
    return numbers is not None and FIRST <= (int(numbers[1]), int(numbers[2])) < AFTER_LAST


def can_replace_parts() -> bool:
    """Whether our parts may take the place of those of this Brian2; if not, it is told, once."""
    brian2 = version("brian2")  # said without importing it, which takes more than a second
    if not is_made_for(brian2):
        _tell(brian2)
    return is_made_for(brian2)


@cache
def _tell(brian2: str) -> None:
    after = ".".join(map(str, AFTER_LAST))
    warn_on_stderr(
        f"Brian2 {brian2} has not been tried (from {'.'.join(map(str, FIRST))} to below {after} have); "
        "networks are compiled from its own templates, which are slower"
    )
