"""``bioplast sweep``: a grid of runs that nobody has written a file for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bioplast.commands.completion import complete_models, complete_tasks
from bioplast.commands.folders import ProjectOption, find_project
from bioplast.commands.run import MOST_SEEDS, MOST_WORKERS
from bioplast.commands.verbosity import QuietOption, VerboseOption, settle_log
from bioplast.commands.wording import name_options
from bioplast.errors import RequestError
from bioplast.options import check_path, read_count, read_number, read_settings, read_sizes, read_whole
from bioplast.project import list_experiments
from bioplast.tasks import is_named

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


def sweep(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="Networks, of those that `bioplast list` shows.",
            autocompletion=complete_models,
        ),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Which changes are written; once for each rule.  [default: plain]"),
    ] = None,
    hidden: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Hidden units; 100,60 are two layers of them.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the model, once for each value."),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="N", help="Runs of each combination.  [default: 1]")
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|DIR", help="What is learned.  [default: mnist]", autocompletion=complete_tasks
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(metavar="SHARE", help="Validation accuracy to stop at.  [default: 0.95]"),
    ] = None,
    max_samples: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Trials to give up after.  [default: 5 epochs]")
    ] = None,
    protocol: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Training protocol.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="A TOML file with the same names; options come first.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Folder in results/.  [default: the file's name, or sweep-<digits>]"
        ),
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N", help="Processes.  [default: one a core]")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only say what would be run, and how long it takes.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do runs again that are already there.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Do runs again that failed.")] = False,
    project: ProjectOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Train every combination of networks, rules and settings.

    Then a figure is drawn and a table made of them.
    An option that is given again is one more value. For instance:

    bioplast sweep ann rate --rule plain --rule "largest(0.02)" --hidden 50 --hidden 100 --seeds 3 --dry-run
    """
    settle_log(quiet=quiet, verbose=verbose)
    axes = {
        "model": tuple(models or ()),
        "rule": tuple(rule or ()),
        "hidden": tuple(read_sizes("--hidden", text) for text in hidden or ()),
        "task": tuple(_read_task(text) for text in task or ()),
        "protocol": tuple(protocol or ()),
        "goal": tuple(read_number("--goal", text) for text in goal or ()),
        "max_samples": tuple(read_count("--max-samples", text) for text in max_samples or ()),
    }
    settings = _read_settings(changes or ())
    n_seeds = None if seeds is None else read_whole("--seeds", seeds, least=1, most=MOST_SEEDS)
    n_workers = read_count("--workers", workers, most=MOST_WORKERS)
    if file is not None:
        check_path("--file", file)
    folder = find_project(project)
    if name is not None:
        _check_name("--name", name, folder)
    from bioplast.studies.preview import preview_experiments
    from bioplast.studies.study import run_experiments
    from bioplast.studies.sweep import SWEEP_FILE, Sweep, read_sweep
    from bioplast.training.interrupts import held_interrupts
    from bioplast.training.record import replace_text

    with name_options(list(settings)):
        declared = Sweep({"model": ("",)}) if file is None else read_sweep(Path(file))
        chosen = {**declared.axes, **{name: values for name, values in axes.items() if values}}
        if chosen["model"] == ("",):
            raise RequestError("sweep: must name a model, e.g. bioplast sweep ann --hidden 50 --hidden 100")
        asked = Sweep(chosen, {**declared.settings, **settings}, n_seeds or declared.seeds)
        name = name or (asked.name if file is None else Path(file).stem)
        if file is not None:
            _check_name("--file", name, folder)
        module = asked.make_module(name)
        options: dict[str, Any] = {"project": folder, "workers": n_workers, "fresh": fresh, "retry": retry}
        if dry_run:
            for line in preview_experiments([module], **options):
                print(line)
            return
    from rich.console import Console

    report, shown = Console(stderr=True, quiet=quiet), Console(quiet=True) if quiet else None
    with held_interrupts(), name_options(list(settings)):
        (place,) = run_experiments([module], report=report, shown=shown, **options)
    replace_text(place / SWEEP_FILE, asked.to_toml())
    if not quiet:
        print(f"written to {place}")


def _read_task(text: str) -> str:
    if is_named(text):
        return text
    check_path("--task", text)
    return str(Path(text).resolve())


def _read_settings(texts: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Values by name of a setting; one that is named again has another value."""
    settings: dict[str, tuple[Any, ...]] = {}
    for text in texts:
        for name, value in read_settings("--set", [text]).items():
            settings[name] = (*settings.get(name, ()), value)
    return settings


def _check_name(option: str, name: str, project: Path) -> None:
    if not _NAME.fullmatch(name):
        raise RequestError(f"{option}: must be letters, digits, _ and -, at most 64, got {name!r}")
    if name in list_experiments(project):
        raise RequestError(f"{option}: must not be the name of an experiment, got {name!r}")
