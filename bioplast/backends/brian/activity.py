"""What the cells of a Brian2 network do in some trials, as tables: spikes, and potentials at every step.

Spikes come from a compiled program of the same network with monitors in it (its potentials would need arrays
of two dimensions, which programs do not hand over), potentials from runtime mode. Both show the same trials:
the spikes of the input depend on the seed and the number of the trial alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.layers import name_group
from bioplast.backends.brian.model import BrianModel
from bioplast.backends.brian.runners import APART, Runner
from bioplast.backends.programs.program import Values, build_program
from bioplast.backends.programs.stimulus import Stimulus
from bioplast.errors import RequestError
from bioplast.network import Population, State
from bioplast.signals import leave_signals
from bioplast.spelling import suggest
from bioplast.tasks.task import Trials

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Network

Table = dict[str, NDArray[Any]]

_CHUNK = 100  # trials at once: a table is long
_EQUATION = re.compile(r"^\s*d(\w+)/dt", re.MULTILINE)


def record(kind: str, model: object, state: State, trials: Sequence[Trials]) -> Table:
    """What the cells do in ``trials``, without learning.

    Parameters
    ----------
    kind : ``"spikes"`` or ``"potentials"``
    model : a network in Brian2
    state : its weights; stays as it is
    trials : chunks of what is shown

    Returns
    -------
    table : columns of equal length, (n_spikes,) or (n_trials x n_steps x n_cells,): ``trial``, the number of
        the image in its set, ``population``, ``cell``, the last of which is always on (its synapses are the
        biases), ``time_ms`` since the trial began and, for potentials, ``value``: the variable of the
        population's first differential equation before spikes are looked for, in the network's own unit

    Raises
    ------
    RequestError : no such kind, or the network has no cells that spike, or is not in Brian2
    """
    if kind not in RECORDERS:
        known = " or ".join(RECORDERS)
        raise RequestError(f"record: must be {known}, got {kind!r}{suggest(kind, RECORDERS)}")
    if not isinstance(model, BrianModel):
        name = getattr(model, "name", type(model).__name__)
        raise RequestError(f"record: only networks in Brian2 can be recorded from, and {name} is none")
    show = RECORDERS[kind](model)
    parts = []
    for chunk in (part for one in trials for part in _divide(one)):
        parts += [_name_trials(table, chunk) for table in show(state, chunk)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


Show = Callable[[State, Trials], list[Table]]  # a table a population; its trials are numbered from 0


def record_spikes(model: BrianModel) -> Show:
    """Shows trials and gives the spikes, by the model's own device.

    Raises
    ------
    RequestError : no cell of the network spikes
    """
    spiking = [one for one in _list_populations(model) if one.cells.threshold is not None]
    if not spiking:
        raise RequestError(f"record: {model.name} has no cells that spike; it has potentials")
    groups = {f"{name_group(one, model.graph)}": one for one in spiking}
    wanted = [f"{group}_spikes.{variable}" for group in groups for variable in ("i", "t")]
    recorder = replace(model)
    recorder._runner = runner = _Beside(_make_runner(model, recorder, list(groups)), wanted)

    def show(state: State, trials: Trials) -> list[Table]:
        recorder.present(state, trials, learn=False)
        return [
            _make_table(model, one, runner.seen[f"{group}_spikes.t"], runner.seen[f"{group}_spikes.i"])
            for group, one in groups.items()
        ]

    return show


def record_potentials(model: BrianModel) -> Show:
    """Shows trials in runtime mode and gives the potentials of all populations that have one."""
    found = [(one, _EQUATION.search(one.cells.equations)) for one in _list_populations(model)]
    variables = [(one, name_group(one, model.graph), match[1]) for one, match in found if match]
    recorder = replace(model, device="runtime")
    monitors: dict[str, Any] = {}

    def make_monitors(network: Network) -> Sequence[Any]:
        from brian2 import StateMonitor

        for _, group, variable in variables:
            # Before spikes are looked for, so that what crossed the threshold is seen.
            monitors[group] = StateMonitor(
                network[group], variable, record=True, when="before_thresholds", name=f"{group}_potential"
            )
        return list(monitors.values())

    recorder.watch(make_monitors)

    def show(state: State, trials: Trials) -> list[Table]:
        recorder.present(state, trials, learn=False)
        tables = []
        for one, group, variable in variables:
            values = np.array(getattr(monitors[group], variable), np.float64).T  # (n_steps, n_cells)
            n_steps, n_cells = values.shape
            times = np.repeat(np.asarray(monitors[group].t, np.float64), n_cells)
            table = _make_table(model, one, times, np.tile(np.arange(n_cells), n_steps))
            tables.append({**table, "value": values.ravel()})
        return tables

    return show


RECORDERS: Mapping[str, Callable[[BrianModel], Show]] = {
    "spikes": record_spikes,
    "potentials": record_potentials,
}


@dataclass
class _Beside:
    """A runner that keeps more of what it saw than it is asked for."""

    runner: Runner
    more: Sequence[str]
    seen: dict[str, NDArray[Any]] = field(default_factory=dict)

    def run(self, values: Values, stimulus: Stimulus, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        results = self.runner.run(values, stimulus, [*wanted, *self.more])
        self.seen = {name: results.pop(name) for name in self.more}
        return results


def _make_runner(model: BrianModel, recorder: BrianModel, groups: Sequence[str]) -> Runner:
    """The network of ``recorder`` with a monitor of spikes at each of ``groups``."""

    def make_monitors(network: Network) -> Sequence[Any]:
        from brian2 import SpikeMonitor

        return [SpikeMonitor(network[group], name=f"{group}_spikes") for group in groups]

    def assemble() -> Network:
        network = recorder.assemble()
        network.add(*make_monitors(network))
        return network

    if model.device == "runtime":
        recorder.watch(make_monitors)
        return recorder._runner
    declaration = {name: value for name, value in vars(model).items() if name not in APART}
    with leave_signals():
        return build_program(assemble, model.dtype, (type(model), declaration, "spikes"))


def _list_populations(model: BrianModel) -> tuple[Population, ...]:
    return (model.graph.input, *model.graph.hidden, model.graph.readout)


def _divide(trials: Trials) -> Iterator[Trials]:
    for first in range(0, len(trials), _CHUNK):
        indices = trials.indices[first : first + _CHUNK]
        yield replace(trials, indices=indices, first=trials.first + first)


def _make_table(model: BrianModel, population: Population, times: Any, cells: Any) -> Table:
    steps = np.rint(np.asarray(times, np.float64) / (model.time_step_ms / 1000)).astype(np.int64)
    trials, steps = np.divmod(steps, model.n_steps)
    return {
        "trial": trials,
        "population": np.full(len(steps), population.name),
        "cell": np.asarray(cells, np.int64),
        "time_ms": steps * model.time_step_ms,
    }


def _name_trials(table: Table, trials: Trials) -> Table:
    """``table`` with the number of the image that each trial shows."""
    return {**table, "trial": trials.indices[table["trial"]]}
