"""The command ``bioplast``.

Exit status: 0 done, 2 the request is wrong (one line on standard error), 1 anything else. What
only one command needs is imported by that command, so that the others start at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import bioplast
from bioplast import project as projects
from bioplast.errors import IncompleteStudyError, RequestError
from bioplast.listing import make_listing
from bioplast.options import read_count, read_number, read_settings, read_whole
from bioplast.tasks import TASKS

app = typer.Typer(
    help=bioplast.__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder with models/ and experiments/."),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option("--results", metavar="DIR", help="Folder of the runs.  [default: the project's results/]"),
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    arguments : those of the command line if None
    """
    try:
        status = app(args=arguments, prog_name="bioplast", standalone_mode=False)
    except RequestError as error:
        return _refuse(str(error))
    except IncompleteStudyError as error:
        print("bioplast:", error, file=sys.stderr)
        return 1
    except typer.Abort:
        status = 130
    except Exception as error:
        # Usage errors have moved from one library to another between versions of typer; that they
        # can word themselves has stayed.
        if not hasattr(error, "format_message"):
            raise
        return _refuse(f"{error.format_message()} (see bioplast --help)")
    if status in (None, 0):
        return 0
    print("bioplast: interrupted", file=sys.stderr)
    return 1


def _refuse(message: str) -> int:
    print("bioplast:", " ".join(message.split()), file=sys.stderr)
    return 2


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="A network in models/.")],
    rule: Annotated[str, typer.Option(help="What may change, e.g. 'largest(0.1) + subnet(50)'.")] = "plain",
    hidden: Annotated[
        str | None, typer.Option(metavar="N", help="Hidden units.  [default: the model's]")
    ] = None,
    goal: Annotated[str, typer.Option(metavar="SHARE", help="Validation accuracy to stop at.")] = "0.95",
    seed: Annotated[str, typer.Option(metavar="S", help="Seed of weights, order, spikes, split.")] = "1",
    protocol: Annotated[str, typer.Option(help="Training protocol.")] = "standard",
    task: Annotated[str, typer.Option(metavar="mnist|DIR", help="What is learned.")] = "mnist",
    max_samples: Annotated[
        str | None, typer.Option(metavar="N", help="Trials to give up after.  [default: 5 epochs]")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the model, e.g. learning_rate=0.02."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write.  [default: results/train/<key>]")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the run's checkpoint; a finished run is shown.")
    ] = False,
    device: Annotated[str, typer.Option(help="Brian2 device: cpp_standalone or runtime.")] = "cpp_standalone",
    project: ProjectOption = None,
    json: Annotated[bool, typer.Option("--json", help="End with the record as one line of JSON.")] = False,
) -> None:
    """Train one network until it reaches the goal, and write down what that cost."""
    from bioplast.training.config import RunConfig
    from bioplast.training.folder import carry_out_in, make_keeper
    from bioplast.training.interrupts import held_interrupts
    from bioplast.training.keeper import warn_on_stderr
    from bioplast.training.progress import watch
    from bioplast.training.record import Run, check_writable, format_record, write_run
    from bioplast.training.run import set_up
    from bioplast.training.summary import make_summary

    config = RunConfig(
        model=model,
        rule=rule,
        hidden=read_count("--hidden", hidden),
        seed=read_whole("--seed", seed, least=0),
        task=task if task in TASKS else str(Path(task).resolve()),
        protocol=protocol,
        goal=read_number("--goal", goal),
        max_samples=read_count("--max-samples", max_samples),
        device=device,
        options=read_settings("--set", changes or []),
    )
    folder = _find_project(project)
    setup = set_up(config, project=folder)
    config = setup.config
    out = out or folder / "results" / "train" / config.key
    check_writable(out)

    def tell(run: Run) -> None:
        if json:
            print(format_record(run.record))
        else:
            Console().print(make_summary(run.record))

    def write(folder: Path, run: Run) -> None:
        try:
            write_run(folder, run)
        except RequestError:  # the numbers are not lost with a disk that is full
            tell(run)
            raise

    with held_interrupts() as interrupts:
        keeper = make_keeper(out, setup, resumes=resume, wants_stop=lambda: interrupts.requested)
        interrupts.can_wait = lambda: keeper.has_unkept
        try:
            with watch(config.title, setup.protocol.max_samples) as report:
                run = carry_out_in(out, setup, keeper=keeper, reuses=resume, report=report, write=write)
        except KeyboardInterrupt:
            if keeper.kept:
                warn_on_stderr(f"kept after {keeper.kept} samples; --resume goes on from there")
            raise
    tell(run)
    if not json:
        print(f"written to {out}")
    if run.record["diverged"]:
        print("bioplast:", run.record["message"], file=sys.stderr)


@app.command()
def run(
    experiments: Annotated[
        list[str], typer.Argument(metavar="EXPERIMENT...", help="Figures in experiments/.")
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
    fresh: Annotated[bool, typer.Option("--fresh", help="Do runs again that are already there.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Do runs again that failed.")] = False,
    project: ProjectOption = None,
) -> None:
    """Carry out the runs of experiments, those already there excepted, and draw their figures."""
    n_seeds, n_workers = read_count("--seeds", seeds), read_count("--workers", workers)
    if scheduler is not None and workers is not None:
        raise RequestError(
            f"--scheduler: has workers of its own, so --workers must be left out, got {workers!r}"
        )
    folder = _find_project(project)
    modules = [projects.load_experiment_module(name, folder) for name in experiments]
    from bioplast.studies import run_experiments
    from bioplast.training.interrupts import held_interrupts

    with held_interrupts():
        figures = run_experiments(
            modules,
            project=folder,
            quick=quick,
            seeds=n_seeds,
            workers=n_workers,
            scheduler=scheduler,
            fresh=fresh,
            retry=retry,
        )
    for path in figures:
        print(f"written to {path}")


@app.command(name="list")
def list_all(
    runs: Annotated[bool, typer.Option("--runs", help="List the runs in results/ instead.")] = False,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only runs with this, e.g. model=ann or status=failed."),
    ] = None,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """What there is: models, experiments, rules and tasks, with a line each; or runs."""
    if (where or results) and not runs:
        raise RequestError("list: --where and --results choose among runs; add --runs")
    if runs:
        _list_runs(_find_results(results, project), where or [])
        return
    sections = make_listing(_find_project(project))
    width = max(len(name) for lines in sections.values() for name in lines)
    for section, lines in sections.items():
        print(section)
        for name, line in lines.items():
            print(f"  {name:<{width}}  {line}")


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a run, its run.json, or its key.")],
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """One run, readable."""
    from bioplast.training.record import RECORD_FILE, read_run
    from bioplast.training.summary import make_summary

    path = Path(run)
    if not (path.name == RECORD_FILE or (path / RECORD_FILE).exists()):
        path = _find_run(run, results, project)
    Console().print(make_summary(read_run(path).record))


@app.command()
def gc(
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete it; without this it is only listed.")
    ] = False,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """What nothing needs any more in results/: checkpoints of finished runs, outdated runs, leftovers."""
    from bioplast.studies.catalogue import find_entries
    from bioplast.studies.garbage import delete_path, list_garbage, measure_path

    folder = _find_results(results, project)
    n_bytes = n_paths = 0
    for path, reason in list_garbage(find_entries(folder)):
        print(f"{path.relative_to(folder)}  {reason}")
        n_paths += 1
        n_bytes += measure_path(path)
        if delete:
            delete_path(path)
    verb = "deleted" if delete else "to delete with --delete"
    print(f"{n_paths} things, {n_bytes / 1e6:,.1f} MB {verb}")


def _find_run(text: str, results: Path | None, project: Path | None) -> Path:
    """The folder of the finished run that ``text`` is the key or the folder of."""
    from bioplast.studies.catalogue import find_entry, read_entry

    is_key = len(text) >= 4 and set(text) <= set("0123456789abcdef") and not Path(text).exists()
    entry = find_entry(_find_results(results, project), text) if is_key else read_entry(Path(text))
    if entry is None:
        return Path(text)
    if entry.run is None:
        reason = f": {entry.reason}" if entry.reason else ""
        raise RequestError(f"run: {entry.folder} is not finished but {entry.status}{reason}")
    return entry.folder


def _list_runs(results: Path, where: Sequence[str]) -> None:
    from bioplast.studies.catalogue import find_entries, make_entry_frame
    from bioplast.studies.table import make_rich_table

    wanted = {}
    for text in where:
        name, equals, value = text.partition("=")
        if not equals:
            raise RequestError(f"--where: must be FIELD=VALUE, got {text!r}")
        wanted[name] = value
    entries = find_entries(results, **wanted)
    # Columns are whole even where the terminal is narrow: a file or a pipe has no width.
    Console(width=200).print(make_rich_table(make_entry_frame(entries)))
    print(f"{len(entries)} runs in {results}")


def _find_results(results: Path | None, project: Path | None) -> Path:
    folder = results if results is not None else _find_project(project) / "results"
    if results is not None and not folder.is_dir():
        raise RequestError(f"--results: must be a folder, got {str(folder)!r}")
    return folder


def _find_project(folder: Path | None) -> Path:
    return projects.find_project() if folder is None else projects.open_project(folder)
