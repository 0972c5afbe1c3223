"""Options that name folders, and the folders that are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioplast import project as projects
from bioplast.errors import RequestError

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder with models/ and experiments/."),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="DIR", help="Folder of the runs.  [default: the project's results/]"),
]


def find_project(folder: Path | None) -> Path:
    """The project that is named, or the one around the current folder."""
    return projects.find_project() if folder is None else projects.open_project(folder)


def find_results(results: Path | None, project: Path | None) -> Path:
    """Where runs lie: the folder that is named, or the project's ``results``."""
    folder = results if results is not None else find_project(project) / "results"
    if results is not None and not folder.is_dir():
        raise RequestError(f"--results: must be a folder, got {str(folder)!r}")
    return folder
