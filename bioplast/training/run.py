"""One run from its configuration to its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioplast.additions import load_additions
from bioplast.energy import Energy
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.network import Model
from bioplast.project import find_project
from bioplast.sizes import format_hidden, list_sizes, name_sizes
from bioplast.tasks import Task, load_task
from bioplast.tasks.shift import check_shift
from bioplast.training.checkpointer import Checkpointer
from bioplast.training.config import DEVICES, RunConfig
from bioplast.training.contract import check_model, check_module, check_state
from bioplast.training.fitting import check_fit
from bioplast.training.loop import Position, Report, be_silent, compute_energies, evaluate, train
from bioplast.training.memory import check_memory
from bioplast.training.progress import watch
from bioplast.training.protocol import TrainingProtocol
from bioplast.training.protocols import find_protocol
from bioplast.training.provenance import collect_provenance, explain_difference
from bioplast.training.record import Run, purge
from bioplast.training.versions import collect_versions, find_commit


@dataclass(frozen=True)
class SetUp:
    """A run that only needs to be carried out.

    Attributes
    ----------
    config : complete, so that it has a key
    model : the network
    protocol : how it is trained
    project : the study folder its model file is in
    commit : the git commit of the study, empty where there is none; asked of git if None
    """

    config: RunConfig
    model: Model
    protocol: TrainingProtocol
    project: Path
    commit: str | None = None

    @property
    def origin(self) -> dict[str, Any]:
        """What a checkpoint must agree with for this run to go on from it, bit for bit."""
        versions = {name: version for name, version in collect_versions().items() if name != "python"}
        return {"key": self.config.key, "versions": versions, "config": self.config.to_dict()}

    def carry_out(self, report: Report = be_silent, checkpointer: Checkpointer | None = None) -> Run:
        """Train, test once, and account for it.

        Parameters
        ----------
        report : called before the first chunk of trials and after each
        checkpointer : of the run's checkpoints, where it has any

        Raises
        ------
        RequestError : the run cannot go on from the checkpoint there is
        KeyboardInterrupt : the run was asked to stop; it is kept
        """
        # Asked now: files may change while the run is under way.
        commit = find_commit(self.project) if self.commit is None else self.commit or None
        state = self.model.initial_state(self.config.seed)
        check_state(self.model, state)
        position = checkpointer.open(state) if checkpointer else None

        def report_and_keep(position: Position) -> None:
            report(position)
            if checkpointer:
                checkpointer.pass_chunk(state, position)

        position = train(self.model, self.protocol, state, position, report_and_keep)
        state.consolidate()
        test = None if position.diverged else evaluate(self.model, state, self.protocol.test, position)
        record = _make_record(self, position, compute_energies(state), test, commit)
        return Run(purge(record), purge(position.trace), state)


def set_up(
    config: RunConfig, *, project: Path | None = None, task: Task | None = None, commit: str | None = None
) -> SetUp:
    """Load what ``config`` names and complete it; nothing is trained or written.

    Parameters
    ----------
    config : the request
    project : folder with models/ and experiments/; the one around the working directory if None
    task : what is learned, in place of that called ``config.task``
    commit : git commit of the study's files, where they are a copy, empty where there is none; asked of
        git if None

    Raises
    ------
    RequestError : something that was asked for does not exist or does not fit
    """
    project = find_project() if project is None else project
    load_additions(project)
    module = load_module("model", config.model, project)
    check_module(module)
    if task is None:
        task = load_task(config.task)
    else:
        config = replace(config, task=task.name)
    n_hidden = module.N_HIDDEN if config.hidden is None else config.hidden
    if not isinstance(n_hidden, int) and not getattr(module, "ANY_DEPTH", False):
        raise RequestError(f"hidden: {config.model} has one hidden layer, got {format_hidden(n_hidden)}")
    check_fit(config.model, module, task, n_hidden, project)
    plasticity = config.plasticity
    if plasticity.path is not None:
        plasticity.path.check_sizes(name_sizes(n_hidden))
    check_memory(task.n_pixels, n_hidden, task.n_classes, has_path=plasticity.path is not None)
    protocol_class = find_protocol(config.protocol, task)
    max_samples = config.max_samples or protocol_class.default_max_samples(task)
    check_shift(task, config.shift)
    interval = config.interval or protocol_class.interval
    protocol = protocol_class(
        task, config.seed, config.goal, max_samples, interval, config.shift, config.falling
    )
    makers = getattr(module, "MAKERS", {"standard": module.make_network})
    if protocol.name not in makers:
        raise RequestError(f"protocol: {config.model} learns by {', '.join(makers)}, got {protocol.name!r}")
    device = config.device or getattr(module, "DEVICE", DEVICES[0])
    model: Model = makers[protocol.name](
        n_pixels=task.n_pixels,
        n_classes=task.n_classes,
        n_hidden=n_hidden,
        plasticity=plasticity,
        device=device,
    )
    check_model(model, module)
    if config.falling and not getattr(model, "has_rates", False):
        raise RequestError(
            f"falling: {config.model} does not multiply its learning rates by those of its trials (has_rates)"
        )
    if config.options:
        model = model.with_settings(config.options)
        check_model(model, module)
    # Through JSON, so that settings read back from a record are equal to these.
    settings = json.loads(json.dumps(dict(model.settings)))
    if config.settings is not None and config.settings != settings:
        raise RequestError(
            f"RunConfig.settings: must be None or those that the network has, {settings}; "
            f"what is to be different goes into options, got {dict(config.settings)}"
        )
    provenance = collect_provenance(
        module,
        project,
        task=task,
        plasticity=plasticity,
        backend=getattr(model, "backend", None),
        protocol=protocol.name,
        is_shifted=config.shift > 0,
    )
    if config.provenance is not None and (fault := explain_difference(config.provenance, provenance)):
        raise RequestError(
            f"RunConfig.provenance: the run would be another than the one that is meant: {fault}"
        )
    complete = replace(
        config,
        hidden=n_hidden,
        device=device,
        protocol=protocol.name,
        max_samples=max_samples,
        settings=settings,
        provenance=provenance,
    )
    return SetUp(complete, model, protocol, project, commit)


def carry_out(
    config: RunConfig,
    *,
    project: Path | None = None,
    task: Task | None = None,
    report: Report = be_silent,
    progress: bool = False,
) -> Run:
    """The run that ``config`` asks for.

    Parameters
    ----------
    config : the request
    project : folder with models/ and experiments/; the one around the working directory if None, and without
        one the library's own networks alone
    task : what is learned, in place of that called ``config.task``; for instance of ``Task.from_arrays``
    report : called between two chunks of trials
    progress : whether to show how far the run is, on a terminal or in a notebook

    Raises
    ------
    RequestError : something that was asked for does not exist or does not fit
    """
    setup = set_up(config, project=project, task=task)
    if not progress:
        return setup.carry_out(report)

    def tell(position: Position) -> None:
        report(position)
        show(position)

    with watch(setup.config.title, setup.protocol.max_samples) as show:
        return setup.carry_out(tell)


def _make_record(
    setup: SetUp,
    position: Position,
    energies: Mapping[str, Energy],
    test: float | None,
    commit: str | None,
) -> dict[str, Any]:
    config, protocol = setup.config, setup.protocol
    seconds = position.train_seconds
    return {
        "model": config.model,
        "rule": config.rule,
        "hidden": config.hidden if isinstance(config.hidden, int) else list(list_sizes(config.hidden or ())),
        "seed": config.seed,
        "task": config.task,
        "protocol": config.protocol,
        "samples": position.samples,
        "epochs": round(position.samples / protocol.epoch, 4),
        "converged": position.converged,
        "accuracy": {"online": position.online, "validation": position.validation, "test": test},
        "energy": {
            **sum(energies.values(), Energy()).to_dict(),
            "layers": {name: energy.to_dict() for name, energy in energies.items()},
        },
        "signalling": position.signalling.to_dict(),
        "seconds": {
            "build": round(setup.model.build_seconds, 3),
            "train": round(seconds, 3),
            "evaluate": round(position.evaluate_seconds, 3),
        },
        "images_per_second": round(position.samples / seconds, 1) if seconds > 0 else None,
        "key": config.key,
        "versions": collect_versions(),
        "encoding": setup.model.settings.get("encoding", protocol.encoding),
        "goal": config.goal,
        "diverged": position.diverged,
        "message": _explain(setup, position),
        "commit": commit,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config.to_dict(),
    }


def _explain(setup: SetUp, position: Position) -> str:
    """How the run ended, in a sentence."""
    goal = f"{setup.config.goal:.2%} on validation"
    if position.diverged:
        return (
            f"diverged: within {position.samples:,} samples a weight became NaN or infinite; "
            f"lower {_name_rates(setup.model.settings)} in models/{setup.config.model}.py"
        )
    if position.converged:
        return f"reached {goal} after {position.samples:,} samples"
    return f"did not reach {goal} within {position.samples:,} samples"


def _name_rates(settings: Mapping[str, Any]) -> str:
    rates = [f"{name} ({value})" for name, value in settings.items() if "learning_rate" in name]
    return " or ".join(rates) or "the learning rate"
