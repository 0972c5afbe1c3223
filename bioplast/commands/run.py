"""``bioplast run``: experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bioplast import loading
from bioplast.commands.completion import complete_experiments
from bioplast.commands.folders import ProjectOption, find_project
from bioplast.commands.verbosity import QuietOption, VerboseOption, settle_log
from bioplast.errors import RequestError
from bioplast.options import check_path, read_count

# Beyond these somebody has mistyped: the grid would fill the memory, the processes the machine.
MOST_SEEDS = 10_000
MOST_WORKERS = 1_000


def run(
    experiments: Annotated[
        list[str],
        typer.Argument(
            metavar="EXPERIMENT...",
            help="Figures, of those that `bioplast list` shows.",
            autocompletion=complete_experiments,
        ),
    ],
    quick: Annotated[bool, typer.Option("--quick", help="A small form, to see that it works.")] = False,
    seeds: Annotated[
        str | None, typer.Option(metavar="N", help="Runs of each point.  [default: the experiment's]")
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N", help="Processes.  [default: one a core]")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler instead.")
    ] = None,
    certificates: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="For --scheduler: folder of ca.pem, cert.pem and key.pem."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do runs again that are already there.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Do runs again that failed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only say what would be run, and how long it takes.")
    ] = False,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Carry out experiments and draw their figures.

    Runs that are there already are kept.

    For instance:

    bioplast run compare --seeds 5 --dry-run
    """
    settle_log(quiet=quiet, verbose=verbose)
    n_seeds = read_count("--seeds", seeds, most=MOST_SEEDS)
    n_workers = read_count("--workers", workers, most=MOST_WORKERS)
    if scheduler is not None and workers is not None:
        raise RequestError(
            f"--scheduler: has workers of its own, so --workers must be left out, got {workers!r}"
        )
    if certificates is not None:
        if scheduler is None:
            raise RequestError("--certificates: only for --scheduler; workers of this machine have their own")
        check_path("--certificates", certificates)
    folder = find_project(project)
    modules = [loading.load_module("experiment", name, folder) for name in experiments]
    options: dict[str, Any] = {
        "project": folder,
        "quick": quick,
        "seeds": n_seeds,
        "workers": n_workers,
        "fresh": fresh,
        "retry": retry,
    }
    if dry_run:
        from bioplast.studies.preview import preview_experiments

        for line in preview_experiments(modules, **options):
            print(line)
        return
    from rich.console import Console

    from bioplast.studies.study import run_experiments
    from bioplast.training.interrupts import held_interrupts

    with held_interrupts():
        figures = run_experiments(
            modules,
            **options,
            scheduler=scheduler,
            certificates=None if certificates is None else Path(certificates),
            report=Console(stderr=True, quiet=quiet),
            shown=Console(quiet=True) if quiet else None,
        )
    for path in () if quiet else figures:
        print(f"written to {path}")
