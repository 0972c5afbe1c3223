"""Networks in Brian2's runtime mode: slow, but no compiler is needed and one can look inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from brian2 import BrianObject, Network
from brian2.devices.device import RuntimeDevice
from numpy.typing import DTypeLike, NDArray

from bioplast.backends.programs.program import Values
from bioplast.backends.programs.workspace import Workspace


class Screen(Protocol):
    """What functions in a network's equations read from: that of a ``Stimulus``, or a ``Tape``."""

    def show(self, stimulus: Any) -> int:
        """Hold what is to be shown: the number of trials."""


class RuntimeNetwork:
    """A network that is run as ``Program`` is, in this process.

    Parameters
    ----------
    assemble : makes the network
    n_steps : time steps of a trial
    screen : shows it the stimulus
    """

    def __init__(self, assemble: Callable[[], Network], dtype: DTypeLike, n_steps: int, screen: Screen):
        self._workspace = Workspace(dtype, RuntimeDevice())
        self._n_steps = n_steps
        self._screen = screen
        with self._workspace.entered():
            self.network = assemble()
            self.network.store()

    def watch(self, make_monitors: Callable[[Network], Sequence[BrianObject]]) -> None:
        """Add what ``make_monitors`` makes for the network; after a run it holds what that run showed."""
        with self._workspace.entered():
            self.network.restore()
            self.network.add(*make_monitors(self.network))
            self.network.store()

    def run(self, values: Values, stimulus: Any, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Show the stimulus to the network, which starts from ``values``; see ``Program.run``."""
        n_trials = self._screen.show(stimulus)
        with self._workspace.entered():
            self.network.restore()
            for variable, value in values.items():
                owner, name = variable.split(".")
                self.network[owner].variables[name].set_value(value)
            duration = n_trials * self._n_steps * self.network["inputs"].clock.dt
            # As compiled code does: whether the weights are still numbers is seen in the state. And Brian2
            # looks for values above 1e50, which is too large for single precision.
            with np.errstate(all="ignore"):
                self.network.run(duration)
        return {variable: self._get(variable) for variable in wanted}

    def _get(self, variable: str) -> NDArray[Any]:
        owner, name = variable.split(".")
        return np.array(self.network[owner].variables[name].get_value())
