"""Numbers on the command line, read here because typer's own messages leave out the value.

Each raises ``RequestError`` with the option, what it allows and what it got.
"""

from __future__ import annotations

from bioplast.errors import RequestError


def read_count(option: str, text: str | None) -> int | None:
    """A whole number of at least 1, or None if the option was not given."""
    return None if text is None else read_whole(option, text, least=1)


def read_whole(option: str, text: str, *, least: int) -> int:
    """A whole number of at least ``least``."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise RequestError(f"{option}: must be a whole number >= {least}, got {text!r}")
    return number


def read_number(option: str, text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise RequestError(f"{option}: must be a number, got {text!r}") from None
