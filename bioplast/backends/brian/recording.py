"""What the cells of a spiking network did in a chunk of trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import BrianObject, Network, SpikeMonitor, StateMonitor
from numpy.typing import NDArray

from bioplast.backends.brian.model import BrianModel
from bioplast.network import State
from bioplast.tasks.task import Trials


@dataclass(frozen=True)
class Spikes:
    """Spikes of a group of cells.

    Attributes
    ----------
    steps, cells : (n_spikes,), time step, counted from the start of the chunk, and cell of each
    """

    steps: NDArray[np.int64]
    cells: NDArray[np.int64]

    def to_counts(self, n_steps: int, n_cells: int) -> NDArray[np.int64]:
        """(n_steps, n_cells), spikes of each cell in each step."""
        counts = np.zeros((n_steps, n_cells), np.int64)
        np.add.at(counts, (self.steps, self.cells), 1)
        return counts


@dataclass(frozen=True)
class Recording:
    """A chunk of trials as it was recorded.

    Attributes
    ----------
    inputs, hidden : spikes
    potential : (n_steps, n_hidden + 1), of hidden cells when it is compared with the threshold
    readout : (n_steps, n_classes), potential of the output cells at the end of each step
    error : (n_hidden + 1,), error that came back to the hidden cells in the last trial
    """

    inputs: Spikes
    hidden: Spikes
    potential: NDArray[np.float64]
    readout: NDArray[np.float64]
    error: NDArray[np.float64]


class Recorder:
    """Records from a spiking network on the runtime device.

    Parameters
    ----------
    model : a network whose groups have the names and variables of models/spiking.py
    drive : (n_hidden,), constant drive of the hidden cells instead of none, in the unit of v

    Raises
    ------
    RequestError : the network is on another device
    """

    def __init__(self, model: BrianModel, drive: NDArray[np.float64] | None = None):
        self._model = model
        self._drive = drive
        model.watch(self._make_monitors)

    def _make_monitors(self, network: Network) -> Sequence[BrianObject]:
        hidden = network["hidden"]
        if self._drive is not None:
            hidden.bias[: self._drive.size] = self._drive
        self._hidden = hidden
        self._spikes = {
            name: SpikeMonitor(network[name], name=f"{name}_spikes") for name in ("inputs", "hidden")
        }
        self._potential = StateMonitor(hidden, "v", record=True, when="before_thresholds", name="potential")
        self._readout = StateMonitor(network["output"], "y", record=True, when="end", name="readout")
        return [*self._spikes.values(), self._potential, self._readout]

    def record(self, state: State, trials: Trials, *, learn: bool) -> Recording:
        """Show the images of ``trials`` to the network; with ``learn`` the state moves on in place."""
        self._model.present(state, trials, learn=learn)
        return Recording(
            self._read_spikes("inputs"),
            self._read_spikes("hidden"),
            np.array(self._potential.v, np.float64).T,
            np.array(self._readout.y, np.float64).T,
            np.array(self._hidden.error, np.float64),
        )

    def _read_spikes(self, group: str) -> Spikes:
        monitor: Any = self._spikes[group]
        steps = np.rint(np.asarray(monitor.t) / (self._model.time_step_ms / 1000))
        return Spikes(steps.astype(np.int64), np.array(monitor.i, np.int64))
