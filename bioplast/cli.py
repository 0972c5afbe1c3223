"""The command ``bioplast``.

Exit status: 0 done, 2 the request is wrong (one line on standard error), 1 anything else. What
only one command needs is imported by that command, so that the others start at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

import bioplast
from bioplast.commands.results import gc, list_all, show
from bioplast.commands.run import run
from bioplast.commands.train import train
from bioplast.errors import IncompleteStudyError, RequestError

app = typer.Typer(
    help=bioplast.__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(train)
app.command()(run)
app.command(name="list")(list_all)
app.command()(show)
app.command()(gc)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    arguments : those of the command line if None
    """
    try:
        status = app(args=arguments, prog_name="bioplast", standalone_mode=False)
    except RequestError as error:
        return _refuse(str(error))
    except IncompleteStudyError as error:
        print("bioplast:", error, file=sys.stderr)
        return 1
    except typer.Abort:
        status = 130
    except Exception as error:
        # Usage errors have moved from one library to another between versions of typer; that they
        # can word themselves has stayed.
        if not hasattr(error, "format_message"):
            raise
        return _refuse(f"{error.format_message()} (see bioplast --help)")
    if status in (None, 0):
        return 0
    print("bioplast: interrupted", file=sys.stderr)
    return 1


def _refuse(message: str) -> int:
    print("bioplast:", " ".join(message.split()), file=sys.stderr)
    return 2
