"""``bioplast new``: a folder of one's own, with an example of each thing it can add."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from bioplast import project as projects
from bioplast.errors import RequestError
from bioplast.options import check_path

TEMPLATE = projects.STUDY / "docs" / "examples" / "project"


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; it must not be there yet.")],
) -> None:
    """Make a folder for rules, networks and figures of your own.

    For instance:

    bioplast new mine
    """
    check_path("DIR", folder)
    if folder.exists():
        raise RequestError(f"DIR: must be a folder that is not there yet, got {str(folder)!r}")
    try:
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise RequestError(f"DIR: cannot make {folder}: {error.strerror or error}") from None
    for path in sorted(folder.rglob("*.py")):
        print(path)
    print(f"now: cd {folder} && bioplast list && bioplast run first --quick")
