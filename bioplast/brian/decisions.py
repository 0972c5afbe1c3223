"""When synapses decide together: code on them that runs once in a while, at the end of a time step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from brian2 import Clock, CodeRunner, Quantity, Synapses, get_device
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.devices.device import RuntimeDevice

from bioplast.errors import RequestError

# Standalone programs take clocks for equal that differ by less than 1e-14 s, so two clocks that should
# tick together drift in and out of step. This one is early by a part too small to miss the gap between two
# steps (in the first billion of them) and too large to be taken for the next step.
_EARLY = 2.0**-30


class Decision(CodeRunner):
    """Runs code on all synapses at the end of the last time step before each multiple of ``every``.

    What one decision does is cut into several of these; they run in the order in which they are made.
    At t = 0, before anything has happened, compiled programs run them once more.

    Parameters
    ----------
    synapses : whose variables the code is about
    decide : gives the Brian2 statements for the run that is about to begin
    every : a whole number of the cells' time steps
    clock : a clock of ``make_clock``
    number : position among the decisions of these synapses
    """

    def __init__(
        self, synapses: Synapses, decide: Callable[[], str], every: Quantity, clock: Clock, number: int
    ) -> None:
        runtime = is_runtime()
        CodeRunner.__init__(
            self,
            synapses,
            "stateupdate",
            clock=clock,
            when="end" if runtime else "start",
            order=1_000_000 + number if runtime else number - 1_000_000,  # after, or before, all else
            name=f"{synapses.name}_decision_{number}",
            # The competitions between synapses are NumPy's; a decision is one sweep over arrays.
            codeobj_class=NumpyCodeObject if runtime else None,
            generate_empty_code=False,
        )
        self._decide = decide
        self._steps = find_steps(synapses)
        self._every = every
        self._runtime = runtime

    def update_abstract_code(self, run_namespace: Any) -> None:
        """Ask for the code."""
        self.abstract_code = self._decide()

    def before_run(self, run_namespace: Any) -> None:
        """Count the steps between two decisions, which are known only now."""
        steps = float(self._every / self._steps.dt)
        self._n_steps = round(steps)
        if self._n_steps < 1 or abs(steps - self._n_steps) > 1e-6:
            raise RequestError(
                f"PlasticSynapses {self.group.name!r}: every must be a whole number of time steps of "
                f"{self._steps.dt}, got {self._every}"
            )
        if self._runtime:  # as an array, since the clock's own attribute takes microseconds at every step
            self._timestep = self.clock.variables["timestep"].get_value()
        else:
            self._set_clock()
        super().before_run(run_namespace)

    def _set_clock(self) -> None:
        """Where a run begins between two ticks, a program numbers the next one but leaves the time behind."""
        step = self.clock.dt_
        tick = np.int64(np.ceil(self._steps.t_ / step))
        self.clock.variables["timestep"].set_value(tick)
        self.clock.variables["t"].set_value(tick * step)

    def run(self) -> None:
        """In runtime mode the clock is that of the cells."""
        if not self._runtime or (self._timestep[0] + 1) % self._n_steps == 0:
            super().run()


def make_decisions(
    synapses: Synapses, steps: Sequence[Callable[[], str]], every: Quantity | None
) -> list[Decision]:
    """The parts of the decisions of ``synapses``, in the order in which they run."""
    if every is None or not steps:
        return []
    clock = make_clock(synapses, every)
    return [Decision(synapses, step, every, clock, number) for number, step in enumerate(steps)]


def make_clock(synapses: Synapses, every: Quantity) -> Clock:
    """The clock of decisions: in compiled programs, where code cannot be left out, one of their own."""
    if is_runtime():
        return find_steps(synapses)
    return Clock(every * (1 - _EARLY), name=f"{synapses.name}_decision_clock")


def find_steps(synapses: Synapses) -> Clock:
    """The clock of the steps in which changes are proposed: the finer one of the cells."""
    return min((synapses.source.clock, synapses.target.clock), key=lambda clock: clock.dt_)


def is_runtime() -> bool:
    """Whether code runs in this process as it is met."""
    return isinstance(get_device(), RuntimeDevice)
