"""A run in its folder: done once, kept on the way, written at the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.training.checkpoint import STATE_FILE, read_origin
from bioplast.training.checkpointer import Checkpointer
from bioplast.training.lock import only_one
from bioplast.training.loop import Report, be_silent
from bioplast.training.provenance import explain_other
from bioplast.training.record import RECORD_FILE, DamagedRunError, Run, read_run, write_run
from bioplast.training.run import SetUp

LOG = logging.getLogger(__name__)


def find_run(folder: Path, key: str) -> Run | None:
    """The finished run in ``folder``; None if there is none.

    Raises
    ------
    RequestError : its files are damaged, or it is another run than that of ``key``
    """
    if not (folder / RECORD_FILE).exists():
        return None
    run = read_run(folder)
    if run.record["key"] != key:
        raise RequestError(f"run: {folder} holds another run, with the key {run.record['key']}, not {key}")
    return run


def check_folder(folder: Path, setup: SetUp, *, resumes: bool, fresh: bool) -> None:
    """Raise where training into ``folder`` would put a run in the place of another, or lose how far it is.

    Parameters
    ----------
    folder : where the run is to be written
    resumes : whether it goes on from a checkpoint
    fresh : whether it is made again whatever is there of it

    Raises
    ------
    RequestError : another run is there, or this one, interrupted, and neither ``resumes`` nor ``fresh``; or
        there is nothing to resume but the same request made with other code or data
    """
    now = setup.config.to_dict()
    if (folder / RECORD_FILE).exists():
        try:
            record = read_run(folder).record
        except DamagedRunError as error:
            if fresh or resumes:
                return
            raise RequestError(f"{error}; --fresh makes it again") from None
        if record["key"] != setup.config.key:
            reason = explain_other(record.get("config", {}), now)
            raise RequestError(f"out: {folder} holds another run: {reason}; name another folder with --out")
        return
    origin = read_origin(folder)
    if origin is not None and origin.get("key") != setup.config.key:
        reason = explain_other(origin.get("config", {}), now)
        raise RequestError(f"out: {folder} holds another run, interrupted: {reason}")
    if origin is not None and not (resumes or fresh):
        raise RequestError(
            f"out: {folder} holds this run, interrupted; --resume goes on with it, --fresh begins anew"
        )
    if origin is None and resumes:
        _check_siblings(folder, now)


def _check_siblings(folder: Path, now: Mapping[str, Any]) -> None:
    """Raise if the same request was interrupted beside ``folder``, when code or data were others."""
    apart = ("provenance", "settings")
    for state in folder.parent.glob(f"*/{STATE_FILE}"):
        before = (read_origin(state.parent) or {}).get("config")
        if (state.parent / RECORD_FILE).exists() or not isinstance(before, dict):
            continue
        if all(before.get(name) == value for name, value in now.items() if name not in apart):
            raise RequestError(
                f"resume: {state.parent} is of another run: {explain_other(before, now)}; "
                "without --resume the run begins anew"
            )


def carry_out_in(
    folder: Path,
    setup: SetUp,
    *,
    checkpointer: Checkpointer,
    reuses: bool,
    report: Report = be_silent,
    wait: Callable[[], None] = lambda: None,
    write: Callable[[Path, Run], None] = write_run,
) -> Run:
    """Carry out a run and write it into its folder; of several processes that want it, one does the work.

    Parameters
    ----------
    folder : the run's
    setup : the run
    checkpointer : of its checkpoints
    reuses : whether a run that is there already will do; one that another process has just finished does
    report : called between two chunks of trials
    wait : called again and again while another process is at work on the run; may raise
    write : what writes the run

    Raises
    ------
    RequestError : the folder cannot be written, or the checkpoint in it cannot be used
    KeyboardInterrupt : the run was asked to stop; it is kept
    """
    with only_one(folder, wait) as waited:
        if reuses or waited:
            try:
                found = find_run(folder, setup.config.key)
            except DamagedRunError as error:
                found = None
                if checkpointer.insists:  # nobody has told so yet
                    checkpointer.warn(f"{error}; it is carried out again")
            if found is not None:
                LOG.info("%s: found in %s", setup.config.title, folder)
                return found
        run = setup.carry_out(report, checkpointer)
        write(folder, run)
        return run


def make_checkpointer(
    folder: Path, setup: SetUp, more: Mapping[str, Any] | None = None, **options: Any
) -> Checkpointer:
    """The checkpointer of a run's checkpoints; ``more`` is what its origin has besides the run's own."""
    return Checkpointer(folder, {**setup.origin, **(more or {})}, **options)
