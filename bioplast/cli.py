"""The command ``bioplast``.

Exit status: 0 done, 2 the request is wrong (one line on standard error), 1 anything else. What
only one command needs is imported by that command, so that the others start at once.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

import bioplast
from bioplast.blame import find_place
from bioplast.commands.compare import compare
from bioplast.commands.evaluate import evaluate
from bioplast.commands.export import export
from bioplast.commands.new import new
from bioplast.commands.plot import plot
from bioplast.commands.results import gc, list_all, show
from bioplast.commands.run import run
from bioplast.commands.sweep import sweep
from bioplast.commands.train import train
from bioplast.errors import IncompleteStudyError, MachineError, RequestError

# Libraries warn those who write against them, not those who type a command.
_SILENT = (DeprecationWarning, PendingDeprecationWarning)

app = typer.Typer(
    help="What learning costs, synapse by synapse.\n\nTo begin with: bioplast train ann --goal 0.93",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(train)
app.command()(run)
app.command()(sweep)
app.command(name="list")(list_all)
app.command()(show)
app.command()(plot)
app.command()(export)
app.command()(compare)
app.command()(evaluate)
app.command()(gc)
app.command()(new)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        print(f"bioplast {bioplast.__version__}")
        raise typer.Exit


@app.callback()
def _describe(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and leave."),
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    arguments : those of the command line if None; without any the help is shown
    """
    if arguments is None:
        _settle_process()
        arguments = sys.argv[1:]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold what a terminal cannot show
    try:
        status = app(args=list(arguments) or ["--help"], prog_name="bioplast", standalone_mode=False)
        sys.stdout.flush()
    except RequestError as error:
        return _tell(str(error), 2)
    except (IncompleteStudyError, MachineError) as error:
        return _tell(str(error), 1)
    except typer.Abort:
        status = 130
    except BrokenPipeError:  # whoever read this has seen enough
        _drop_output()
        return 1
    except (Exception, SystemExit) as error:
        return _explain(error)
    if status in (None, 0):
        return 0
    return _tell("interrupted", 1)


def _settle_process() -> None:
    """Make this process that of a command, whatever it was started with."""
    sys.stdout = sys.stdout or io.StringIO()  # closed by whoever started it
    sys.stderr = sys.stderr or io.StringIO()
    os.environ["MPLBACKEND"] = "agg"  # figures go into files; a notebook's backend may not be installed
    for category in _SILENT:
        warnings.simplefilter("ignore", category)
        sys.warnoptions.append(f"ignore::{category.__name__}")  # for processes that this one starts


def _explain(error: BaseException) -> int:
    """Say in a line what the user, or the machine, has to do with ``error``; raise it if it is ours."""
    # Usage errors have moved from one library to another between versions of typer; that they
    # can word themselves has stayed.
    if hasattr(error, "format_message"):
        return _tell(f"{error.format_message()} (see bioplast --help)", 2)
    place = find_place(error)
    reason = f"{type(error).__name__}: {error}"
    if place is not None:
        return _tell(f"{place}: {reason}", 1)
    if isinstance(error, MemoryError):
        return _tell(f"not enough memory: {error}", 1)
    if isinstance(error, OSError) and error.strerror:
        if error.filename is None:  # what was printed may still wait to be written where it cannot be
            _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        return _tell(f"{where}{error.strerror}", 1)
    raise error


def _drop_output() -> None:
    """Have what is still to be printed go nowhere, so that it fails no second time."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _tell(message: str, status: int) -> int:
    print("bioplast:", " ".join(message.split()), file=sys.stderr)
    return status
