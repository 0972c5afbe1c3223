"""How much a command says: ``--quiet``, ``--verbose``."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from bioplast.errors import RequestError

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what goes wrong.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say what is found, made and kept on the way.")
]


def settle_log(*, quiet: bool, verbose: bool) -> None:
    """Let the library's log be read on standard error, if it is to be read at all.

    Raises
    ------
    RequestError : both are asked for
    """
    if quiet and verbose:
        raise RequestError("--quiet: must be left out where --verbose is given")
    log = logging.getLogger("bioplast")
    log.setLevel(logging.INFO if verbose else logging.WARNING)
    if not any(isinstance(handler, _StandardError) for handler in log.handlers):
        log.addHandler(_StandardError())


class _StandardError(logging.Handler):
    """Writes to what is standard error at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        name = record.name.removeprefix("bioplast.")
        print(f"{name}:", " ".join(record.getMessage().split()), file=sys.stderr)
