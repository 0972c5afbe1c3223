"""Options that ask what cells did, and the tables that are left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioplast.errors import RequestError
from bioplast.options import read_choices, read_trials

if TYPE_CHECKING:
    from bioplast.tasks import Task
    from bioplast.training.trained import Trained

KINDS = ("spikes", "potentials")
FORMATS = ("csv", "npz")
TRIALS = "0:10"

RecordOption = Annotated[
    str | None,
    typer.Option("--record", metavar="KINDS", help="Record spikes, potentials or both: spikes,potentials."),
]
TrialsOption = Annotated[
    str | None,
    typer.Option(
        "--trials", metavar="N|A:B", help=f"Test images to record: 5, 0:20, 3,7.  [default: {TRIALS}]"
    ),
]
FormatOption = Annotated[str, typer.Option("--format", metavar="NAME", help="Of the tables: csv or npz.")]


def read_request(record: str | None, trials: str | None, form: str) -> tuple[list[str], list[int]]:
    """What is to be recorded, and of which test images; nothing and none if ``record`` is None.

    Raises
    ------
    RequestError : one of the options cannot be meant
    """
    if form not in FORMATS:
        raise RequestError(f"--format: must be {' or '.join(FORMATS)}, got {form!r}")
    if record is None:
        if trials is not None:
            raise RequestError("--trials: only goes with --record")
        return [], []
    return read_choices("--record", record, KINDS), read_trials("--trials", trials or TRIALS)


def write_recordings(
    trained: Trained,
    kinds: Sequence[str],
    images: Sequence[int],
    folder: Path,
    form: str,
    task: Task | None = None,
) -> list[Path]:
    """A table a kind in ``folder``, ``spikes.csv`` and the like.

    Raises
    ------
    RequestError : the network cannot be recorded from, or the folder not written
    """
    from bioplast.export.tables import write_table

    paths = []
    for kind in kinds:
        path = folder / f"{kind}.{form}"
        table = trained.record(kind, images, task)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_table(table, path)
        except OSError as error:
            raise RequestError(f"out: cannot write to {path}: {error.strerror}") from None
        paths.append(path)
    return paths
