"""``bioplast train``: one network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bioplast.commands.completion import complete_models, complete_tasks
from bioplast.commands.folders import ProjectOption, find_project
from bioplast.commands.recording import (
    FormatOption,
    RecordOption,
    TrialsOption,
    read_request,
    write_recordings,
)
from bioplast.commands.verbosity import QuietOption, VerboseOption, settle_log
from bioplast.commands.wording import name_options
from bioplast.errors import RequestError
from bioplast.options import check_path, read_count, read_number, read_settings, read_sizes, read_whole
from bioplast.tasks import describe_task, find_oddities, is_named


def train(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A network, of those that `bioplast list` shows.",
            autocompletion=complete_models,
        ),
    ],
    rule: Annotated[
        str, typer.Option(metavar="RULE", help="Which changes are written, e.g. 'largest(0.1) + subnet(50)'.")
    ] = "plain",
    hidden: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Hidden units; 100,60 are two layers of them.  [default: the model's]"
        ),
    ] = None,
    goal: Annotated[str, typer.Option(metavar="SHARE", help="Validation accuracy to stop at.")] = "0.95",
    seed: Annotated[str, typer.Option(metavar="S", help="Seed of weights, order, spikes, split.")] = "1",
    protocol: Annotated[str, typer.Option(metavar="NAME", help="Training protocol.")] = "standard",
    task: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="What is learned.", autocompletion=complete_tasks)
    ] = "mnist",
    max_samples: Annotated[
        str | None, typer.Option(metavar="N", help="Trials to give up after.  [default: 5 epochs]")
    ] = None,
    interval: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Trials between two evaluations.  [default: 2000; endless tasks: 500]"
        ),
    ] = None,
    shift: Annotated[
        str, typer.Option(metavar="PIXELS", help="Shift each training image at random by up to this.")
    ] = "0",
    falling: Annotated[
        bool, typer.Option("--falling", help="Let learning rates fall to 0 at --max-samples.")
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the model, e.g. learning_rate=0.02."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write.  [default: results/train/<key>]")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint of an interrupted run.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the run again if it is there.")] = False,
    record: RecordOption = None,
    trials: TrialsOption = None,
    form: FormatOption = "csv",
    device: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Brian2's cpp_standalone or runtime, or numba.  [default: the network's own]",
        ),
    ] = None,
    project: ProjectOption = None,
    json: Annotated[bool, typer.Option("--json", help="End with the record as one line of JSON.")] = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Train one network to a goal, and say what that cost.

    A run that is there already is shown. For instance:

    bioplast train ann --rule "largest(0.02)" --seed 2
    """
    settle_log(quiet=quiet, verbose=verbose)
    from bioplast.notice import warn_on_stderr
    from bioplast.training.config import RunConfig
    from bioplast.training.folder import carry_out_in, check_folder, make_checkpointer
    from bioplast.training.interrupts import held_interrupts
    from bioplast.training.progress import watch
    from bioplast.training.record import Run, check_writable, format_record, write_run
    from bioplast.training.run import set_up
    from bioplast.training.summary import make_summary

    kinds, shown = read_request(record, trials, form)
    folder = find_project(project)
    named = is_named(task)
    if not named:
        check_path("--task", task)
    if out is not None:
        check_path("--out", out)
    options = read_settings("--set", changes or [])
    with name_options(list(options)):
        config = RunConfig(
            model=model,
            rule=rule,
            hidden=read_sizes("--hidden", hidden),
            seed=read_whole("--seed", seed, least=0),
            task=task if named else str(Path(task).resolve()),
            protocol=protocol,
            goal=read_number("--goal", goal),
            max_samples=read_count("--max-samples", max_samples),
            device=device,
            options=options,
            interval=read_count("--interval", interval),
            shift=read_whole("--shift", shift, least=0),
            falling=falling,
        )
        setup = set_up(config, project=folder)
    config = setup.config
    for oddity in find_oddities(setup.protocol.task):
        warn_on_stderr(f"{config.task}: {oddity}")
    out = out or folder / "results" / "train" / config.key
    with name_options():
        check_writable(out)
        check_folder(out, setup, resumes=resume, fresh=fresh)

    def tell(run: Run) -> None:
        if json:
            print(format_record(run.record))
        elif not quiet:
            Console().print(make_summary(run.record))

    def write(folder: Path, run: Run) -> None:
        try:
            write_run(folder, run)
        except RequestError:  # the numbers are not lost with a disk that is full
            tell(run)
            raise

    with held_interrupts() as interrupts:
        checkpointer = make_checkpointer(out, setup, resumes=resume, wants_stop=lambda: interrupts.requested)
        interrupts.can_wait = lambda: checkpointer.has_unkept
        try:
            screen = Console(stderr=True, quiet=quiet)
            with watch(config.title, setup.protocol.max_samples, screen) as report:
                run = carry_out_in(
                    out, setup, checkpointer=checkpointer, reuses=not fresh, report=report, write=write
                )
        except KeyboardInterrupt:
            if checkpointer.kept:
                warn_on_stderr(f"kept after {checkpointer.kept:,} samples; --resume goes on from there")
            raise
    tell(run)
    recordings = []
    if kinds:
        from bioplast.training.trained import load_network

        with name_options():
            recordings = write_recordings(load_network(out, project=folder), kinds, shown, out, form)
    if not json and not quiet:
        if not named:
            print(f"task: {describe_task(setup.protocol.task)}")
        print("\n".join(f"written to {path}" for path in (out, *recordings)))
    if run.record["diverged"]:
        print("bioplast:", run.record["message"], file=sys.stderr)
