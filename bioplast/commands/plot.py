"""``bioplast plot``: the course of one run, or of several in one figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioplast.commands.folders import ProjectOption, ResultsOption
from bioplast.commands.results import read_named_run
from bioplast.errors import RequestError
from bioplast.options import check_path

_FORMATS = (".png", ".pdf", ".svg")
_FILE = "course.png"


def plot(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Folders of finished runs, or their keys.")
    ],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A .png, .pdf or .svg.  [default: course.png in the run's folder]"),
    ] = None,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Draw accuracy and energy as a run went on.

    For instance:

    bioplast plot results/train/0123456789abcdef --out run.svg
    """
    if out is not None:
        check_path("--out", out)
        if Path(out).suffix not in _FORMATS:
            raise RequestError(f"--out: must end in {', '.join(_FORMATS)}, got {out!r}")
    elif len(runs) > 1:
        raise RequestError("plot: several runs are in no folder of their own; name a file with --out")
    found = [read_named_run(text, results, project) for text in runs]
    from bioplast.figures.course import plot_courses
    from bioplast.figures.style import save_as

    goals = {run.record.get("goal") for _, run in found}
    courses = {f"{run.title} ({folder.name})": run.trace for folder, run in found}
    figure = plot_courses(courses, goal=goals.pop() if len(goals) == 1 else None)
    path = found[0][0] / _FILE if out is None else Path(out)
    save_as(figure, path)
    print(f"written to {path}")
