"""``bioplast evaluate``: a trained network on other images."""

from __future__ import annotations

import json as json_text
import sys
from pathlib import Path
from typing import Annotated

import typer

from bioplast.commands.folders import ProjectOption, ResultsOption, find_project
from bioplast.commands.recording import (
    FormatOption,
    RecordOption,
    TrialsOption,
    read_request,
    write_recordings,
)
from bioplast.commands.results import find_run_folder
from bioplast.errors import RequestError
from bioplast.options import check_path


def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run, or its key.")],
    task: Annotated[
        str | None,
        typer.Option(metavar="mnist|DIR", help="Whose test images are shown.  [default: the run's own]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    record: RecordOption = None,
    trials: TrialsOption = None,
    form: FormatOption = "csv",
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Of recordings.  [default: the run's folder]")
    ] = None,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Show test images to a trained network, without learning.

    For instance:

    bioplast evaluate results/train/0123456789abcdef --record spikes,potentials --trials 0:20
    """
    kinds, shown = read_request(record, trials, form)
    if out is not None:
        check_path("--out", out)
        if record is None:
            raise RequestError("--out: only goes with --record")
    from bioplast.training.trained import load_network, load_test_task

    folder = find_run_folder(run, results, project)
    trained = load_network(folder, project=None if project is None else find_project(project))
    images = load_test_task(task, trained)
    accuracy = trained.evaluate(images)
    if json:
        found = {"key": trained.run.record["key"], "task": images.name, "n_images": len(images.test)}
        print(json_text.dumps({**found, "accuracy": accuracy}))
    else:
        told = f"{len(images.test):,} test images of {images.name}"
        print(f"{trained.setup.config.title}: {accuracy:.2%} of {told}")
    for path in write_recordings(trained, kinds, shown, folder if out is None else Path(out), form, images):
        print(f"written to {path}", file=sys.stderr if json else sys.stdout)
