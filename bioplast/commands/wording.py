"""Errors in the words of whoever typed a command: the option, where Python has a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bioplast.errors import RequestError

# The options that a run's configuration comes from, by its fields. A model is an argument.
OPTIONS = {
    **{name: f"--{name}" for name in ("rule", "hidden", "seed", "task", "protocol", "goal", "device")},
    **{name: f"--{name}" for name in ("interval", "shift", "falling", "out")},
    "max_samples": "--max-samples",
    "options": "--set",
}
_CONFIG = "RunConfig"


@contextmanager
def name_options(settings: Sequence[str] = ()) -> Iterator[None]:
    """Within this, an error that begins with a field begins with the option it was typed as.

    Parameters
    ----------
    settings : names of the network's settings that were typed after ``--set``

    Raises
    ------
    RequestError : the error in other words
    """
    try:
        yield
    except RequestError as error:
        message = reword(str(error), OPTIONS, settings)
        if message == str(error):
            raise
        raise RequestError(message) from error


def reword(message: str, options: Mapping[str, str], settings: Sequence[str] = ()) -> str:
    """``message`` with the option in place of the field that it begins with.

    >>> reword("RunConfig.goal: must be in (0, 1], got 2", {"goal": "--goal"})
    '--goal: must be in (0, 1], got 2'
    >>> reword("SpikingNetwork.gamma: must be a number above 0, got 0", {}, ["gamma"])
    '--set gamma: must be a number above 0, got 0'
    """
    place, colon, rest = message.partition(":")
    owner, _, name = place.rpartition(".")
    if colon and owner in ("", _CONFIG) and name in options:
        return f"{options[name]}:{rest}"
    if colon and owner and name in settings:
        return f"--set {name}:{rest}"
    return message
