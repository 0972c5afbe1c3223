"""The one training loop, for every network.

A run is a sequence of chunks of trials. Between two chunks everything it needs to go on is a
``State`` (the network's) and a ``Position`` (the run's): the two, saved by a report, are a
checkpoint, and ``train`` called with them goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bioplast.energy import Energy, Signalling
from bioplast.network import Model, Outcome, State
from bioplast.tasks.task import Trials
from bioplast.training.contract import check_outcome
from bioplast.training.protocol import Examination, TrainingProtocol

# Bounds what a network that unrolls its trials must hold at once.
EXAMINATION_CHUNK = 10_000

Row = dict[str, Any]


@dataclass
class Position:
    """How far a run is.

    Attributes
    ----------
    samples : trials learned from
    online : share of the last chunk predicted right before learning from the trial
    validation : the last chunk's validation accuracy; None if it was not asked for
    converged, diverged : the goal was reached; a weight is no longer a number
    signalling : counts over the trials learned from
    train_seconds, evaluate_seconds : time spent, building the network not counted
    trace : one row a chunk: samples, online, validation, m0, m1, and m0 and m1 of each layer
    """

    samples: int = 0
    online: float | None = None
    validation: float | None = None
    converged: bool = False
    diverged: bool = False
    signalling: Signalling = field(default_factory=Signalling)
    train_seconds: float = 0.0
    evaluate_seconds: float = 0.0
    trace: list[Row] = field(default_factory=list)


Report = Callable[[Position], None]


def be_silent(position: Position) -> None:
    """The report of a run that nobody watches."""


def train(
    model: Model,
    protocol: TrainingProtocol,
    state: State,
    position: Position | None = None,
    report: Report = be_silent,
) -> Position:
    """Train until the goal is reached, the limit is, or the weights are no longer numbers.

    Parameters
    ----------
    model : the network
    protocol : order of images, interval, and when to stop
    state : where the network stands; moves on in place
    position : where the run stands, that is, at ``state``; None at the beginning
    report : called before the first chunk and after each

    Returns
    -------
    position : where the run ended
    """
    position = position or Position()
    report(position)
    while not (position.converged or position.diverged or position.samples >= protocol.max_samples):
        _learn_chunk(model, protocol, state, position)
        report(position)
    return position


def evaluate(model: Model, state: State, examination: Examination, position: Position) -> float:
    """The accuracy on ``examination``; its time goes to ``position``."""
    n_trials = len(examination.indices)
    n_right = 0
    for first in range(0, n_trials, EXAMINATION_CHUNK):
        indices = examination.indices[first : first + EXAMINATION_CHUNK]
        trials = Trials(examination.images, indices, first, examination.stream)
        outcome, seconds = _time(model, state, trials, learn=False)
        position.evaluate_seconds += seconds
        n_right += _count_right(outcome, trials)
    return n_right / n_trials


def compute_energies(state: State) -> dict[str, Energy]:
    """What plasticity has cost so far, by layer; nan without a warning if the run diverged."""
    with np.errstate(over="ignore", invalid="ignore"):
        return state.energies


def _learn_chunk(model: Model, protocol: TrainingProtocol, state: State, position: Position) -> None:
    trials = protocol.make_trials(position.samples, first=state.trial)
    n_trials = len(trials)
    # Weights that overflow are found below and recorded; a warning each step would say no more.
    with np.errstate(over="ignore", invalid="ignore"):
        outcome, seconds = _time(model, state, trials, learn=True)
    position.samples += n_trials
    position.train_seconds += seconds
    position.signalling += outcome.signalling
    position.online = _count_right(outcome, trials) / n_trials
    position.diverged = not state.is_finite
    position.validation = None
    is_last = position.samples >= protocol.max_samples
    if not position.diverged and (is_last or protocol.wants_validation(position.online)):
        position.validation = evaluate(model, state, protocol.validation, position)
        position.converged = protocol.is_reached(position.validation)
    position.trace.append(_make_row(position, compute_energies(state)))


def _make_row(position: Position, energies: dict[str, Energy]) -> Row:
    total = sum(energies.values(), Energy())
    row: Row = {
        "samples": position.samples,
        "online": position.online,
        "validation": position.validation,
        "m0": total.m0,
        "m1": total.m1,
    }
    for layer, energy in energies.items():
        row |= {f"m0 {layer}": energy.m0, f"m1 {layer}": energy.m1}
    return row


def _time(model: Model, state: State, trials: Trials, *, learn: bool) -> tuple[Outcome, float]:
    """What ``trials`` gave, and the seconds it took without generating and compiling code."""
    start, built = time.perf_counter(), model.build_seconds
    outcome = model.present(state, trials, learn=learn)
    check_outcome(model, outcome, len(trials))
    return outcome, time.perf_counter() - start - (model.build_seconds - built)


def _count_right(outcome: Outcome, trials: Trials) -> int:
    return int(np.count_nonzero(outcome.predictions == trials.labels))
