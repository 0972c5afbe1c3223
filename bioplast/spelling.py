"""What somebody who mistyped a name may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80  # of a name that is worth comparing


def list_known(name: object, known: Iterable[str]) -> str:
    """The names there are, and the one that is spelled most like ``name``.

    >>> list_known("spikng", ["ann", "rate", "spiking"])
    "there are ann, rate, spiking; did you mean 'spiking'?"
    >>> list_known("x", [])
    'there are none'
    """
    names = list(known)
    return f"there are {', '.join(names) or 'none'}{suggest(name, names)}"


def suggest(name: object, known: Iterable[str]) -> str:
    """The end of a sentence that names what is spelled most like ``name``; empty if nothing is.

    >>> suggest("--gaol", ["--goal"])
    "; did you mean '--goal'?"
    """
    close = (
        get_close_matches(name, list(known), n=1) if isinstance(name, str) and len(name) <= _LONGEST else []
    )
    return f"; did you mean {close[0]!r}?" if close else ""
