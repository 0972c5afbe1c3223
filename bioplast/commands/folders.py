"""Options that name folders, and the folders that are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioplast import project as projects
from bioplast.additions import load_additions
from bioplast.errors import RequestError
from bioplast.options import check_path

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder with models/, experiments/, ... of your own."),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="DIR", help="Folder of the runs.  [default: the project's results/]"),
]


def find_project(folder: Path | None) -> Path:
    """The project that is named, or the one around the current folder."""
    if folder is None:
        project = projects.find_project()
    else:
        check_path("--project", folder)
        project = projects.open_project(folder)
    load_additions(project)
    return project


def find_named(folder: Path | None) -> Path | None:
    """The project that is named; None if none is."""
    return None if folder is None else find_project(folder)


def find_results(results: Path | None, project: Path | None) -> Path:
    """Where runs lie: the folder that is named, or the project's ``results``."""
    if results is None:
        return find_project(project) / "results"
    check_path("--results", results)
    if not results.is_dir():
        raise RequestError(f"--results: must be a folder, got {str(results)!r}")
    return results
