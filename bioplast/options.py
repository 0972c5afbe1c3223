"""Values on the command line, read here because typer's own messages leave out the value.

Each raises ``RequestError`` with the option, what it allows and what it got.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.jsontext import parse_json
from bioplast.sizes import Hidden, simplify
from bioplast.spelling import suggest

MOST_TRIALS = 100_000  # that are recorded at once


def read_count(option: str, text: str | None, *, most: int | None = None) -> int | None:
    """A whole number of at least 1, or None if the option was not given."""
    return None if text is None else read_whole(option, text, least=1, most=most)


def read_whole(option: str, text: str, *, least: int, most: int | None = None) -> int:
    """A whole number of at least ``least``, and of at most ``most`` if there is such a limit."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise RequestError(f"{option}: must be a whole number >= {least}, got {text!r}")
    if most is not None and number > most:
        raise RequestError(f"{option}: must be a whole number <= {most}, got {text!r}")
    return number


def read_sizes(option: str, text: str | None) -> Hidden | None:
    """A whole number of at least 1, or several with commas between them; None if the option was not given.

    >>> read_sizes("--hidden", "100"), read_sizes("--hidden", "100,60")
    (100, (100, 60))
    """
    if text is None:
        return None
    return simplify([read_whole(option, part, least=1) for part in text.split(",")])


def read_number(option: str, text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise RequestError(f"{option}: must be a number, got {text!r}") from None


def check_path(option: str, path: Path | str) -> None:
    """Raise ``RequestError`` if no file can have this path; whether there is one does not matter."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        reason = error.strerror
    except ValueError as error:  # a NUL, of which Pythons differ in words, or what no file name can hold
        reason = "embedded null byte" if "\0" in str(path) else str(error)
    else:
        return
    raise RequestError(f"{option}: cannot be used ({reason}), got {str(path)!r}")


def read_settings(option: str, texts: Sequence[str]) -> dict[str, Any]:
    """Values by name from texts like ``p_input=0.1``; what is no number, true or false is a word."""
    settings = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise RequestError(f"{option}: must be NAME=VALUE, got {text!r}")
        if name in settings:
            raise RequestError(f"{option}: {name} is given twice")
        try:
            settings[name] = parse_json(value)
        except ValueError:
            settings[name] = value
    return settings


def read_trials(option: str, text: str) -> list[int]:
    """Numbers of trials: ``5``, ``0:20``, the last not included, or several of these with commas between.

    >>> read_trials("--trials", "0:3,7")
    [0, 1, 2, 7]
    """
    numbers: list[int] = []
    for part in text.split(","):
        first, colon, end = part.partition(":")
        start = read_whole(option, first, least=0, most=MOST_TRIALS)
        stop = read_whole(option, end, least=start + 1, most=MOST_TRIALS) if colon else start + 1
        if len(numbers) + stop - start > MOST_TRIALS:
            raise RequestError(f"{option}: must be at most {MOST_TRIALS:,} trials, got {text!r}")
        numbers += range(start, stop)
    return numbers


def read_choices(option: str, text: str, known: Sequence[str]) -> list[str]:
    """Words with commas between them, each of them ``known`` and named once."""
    words = text.split(",")
    for word in words:
        if word not in known:
            allowed = ", ".join(known)
            raise RequestError(f"{option}: must be among {allowed}, got {word!r}{suggest(word, known)}")
    return list(dict.fromkeys(words))
