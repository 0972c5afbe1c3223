"""``bioplast evaluate``: a trained network on other images."""

from __future__ import annotations

import json as json_text
from typing import Annotated

import typer

from bioplast.commands.folders import ProjectOption, ResultsOption, find_project
from bioplast.commands.results import find_run_folder


def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run, or its key.")],
    task: Annotated[
        str | None,
        typer.Option(metavar="mnist|DIR", help="Whose test images are shown.  [default: the run's own]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Show test images to a network that was trained before, without learning.

    For instance:

    bioplast evaluate results/train/0123456789abcdef --task fashion-mnist
    """
    from bioplast.training.trained import load_network, load_test_task

    folder = find_run_folder(run, results, project)
    trained = load_network(folder, project=None if project is None else find_project(project))
    images = load_test_task(task, trained)
    accuracy = trained.evaluate(images)
    if json:
        found = {"key": trained.run.record["key"], "task": images.name, "n_images": len(images.test)}
        print(json_text.dumps({**found, "accuracy": accuracy}))
    else:
        shown = f"{len(images.test):,} test images of {images.name}"
        print(f"{trained.setup.config.title}: {accuracy:.2%} of {shown}")
