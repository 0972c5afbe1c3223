"""Trials in time in Brian2, as compiled programs or in this process, in the place of machine code.

A trial is shown to one network, which leaves its course on a tape (``bioplast.backends.programs.tape``), and
is replayed from its end by another. Errors, rules and books stay what they are
(``bioplast.backends.numeric.recurrent.trials``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.backends.brian.layers import connect_all
from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.errors import spread_errors
from bioplast.backends.numeric.recurrent.trial import Errors, Trial, Weights
from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.tape import Course, Tape
from bioplast.kernels.synapse_arrays import FloatArray
from bioplast.signals import leave_signals

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Network, NeuronGroup, Synapses

SYNAPSES = ("inputs_to_cells", "cells_to_cells", "cells_to_readout")

BACK = """
n_steps : integer (shared, constant)
back = n_steps - 1 - t_in_timesteps : integer (shared)
"""
INPUTS = "count = shown(t_in_timesteps, i) : integer"
INPUTS_BACK = f"{BACK}count = shown(back, i) : integer"
READOUT = """
y : 1
kappa : 1 (shared, constant)
n_steps : integer (shared, constant)
over : integer
"""
READ = """
kept = keep_output(t_in_timesteps, i, y)
y = kappa*y                                 # what is left when the next step begins
over = end_after(t_in_timesteps, n_steps)
"""
READOUT_BACK = f"""{BACK}
reach : 1                                   # what reaches the readout in this step is worth
kappa : 1 (shared, constant)
over : integer
"""
REPLAY_READOUT = """
reach = kappa*reach + error(back, i)
over = end_after(t_in_timesteps, n_steps)
"""


class Sizes(NamedTuple):
    """Numbers of units."""

    inputs: int
    cells: int
    outputs: int


class Trace(NamedTuple):
    """What a trial leaves behind, as far as errors are made of it.

    Attributes
    ----------
    own : (n_cells,), the constant in which cells differ
    y : (n_steps, n_outputs), readout
    n_spikes : (n_cells,), spikes of each cell in the trial
    """

    own: FloatArray
    y: FloatArray
    n_spikes: NDArray[np.int64]


class InTime(ABC):
    """Two Brian2 networks that stand for ``run_forward`` and ``run_backward`` of a kernel.

    Each has the groups ``inputs``, ``cells`` and ``readout`` and synapses from all to all, whose ``w`` are
    weights, and in the network that replays gradients. All constants are arguments.

    Parameters
    ----------
    sizes : numbers of units
    dtype : of all variables
    device : ``"cpp_standalone"`` or ``"runtime"``
    """

    name: str  # of the networks' kind, in the key of their programs
    own: ClassVar[str]  # the constant in which cells differ
    counted: ClassVar[str] = ""  # variable of the cells that counts their spikes

    def __init__(self, sizes: Sizes, dtype: DTypeLike, device: str) -> None:
        self.sizes, self.dtype, self.device = sizes, np.dtype(dtype), device
        self.tape = Tape(
            {
                "shown": Course(sizes.inputs, np.uint8),
                "output": Course(sizes.outputs, self.dtype),
                "signal": Course(sizes.cells, self.dtype),
                "error": Course(sizes.outputs, self.dtype),
                **self.list_courses(),
            }
        )

    @abstractmethod
    def list_courses(self) -> Mapping[str, Course]:
        """What of its cells the network that is shown a trial leaves to the one that replays it."""

    @abstractmethod
    def make_cells(self, common: Mapping[str, Any]) -> NeuronGroup:
        """The cells of the network that is shown a trial."""

    @abstractmethod
    def make_cells_back(self, common: Mapping[str, Any]) -> NeuronGroup:
        """The cells of the one that replays it."""

    @abstractmethod
    def connect_forward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        """The synapses of the first."""

    @abstractmethod
    def connect_backward(
        self, inputs: NeuronGroup, cells: NeuronGroup, readout: NeuronGroup
    ) -> list[Synapses]:
        """The synapses of the second."""

    @abstractmethod
    def give_forward(self, c: Any) -> dict[str, Any]:
        """Variables of the first beside weights, by name, of the kernel's constants ``c``."""

    @abstractmethod
    def give_backward(self, c: Any, weights: Weights, errors: Errors) -> dict[str, Any]:
        """Variables of the second; see ``bioplast.backends.numeric.recurrent.spiking.run_backward``."""

    @property
    def parts(self) -> dict[str, Callable[..., Any]]:
        """What takes the place of the kernel's functions of these names."""
        return {"run_forward": self.run_forward, "run_backward": self.run_backward}

    def assemble_forward(self) -> Network:
        """The network that is shown a trial."""
        from brian2 import Network, NeuronGroup

        common = self.share()
        inputs = NeuronGroup(
            self.sizes.inputs, INPUTS, threshold="count > 0", reset="", name="inputs", **common
        )
        inputs.set_event_schedule("spike", when="start")
        cells = self.make_cells(common)
        readout = NeuronGroup(self.sizes.outputs, READOUT, name="readout", **common)
        readout.run_regularly(READ, when="end")
        return Network(inputs, cells, readout, *self.connect_forward(inputs, cells, readout))

    def assemble_backward(self) -> Network:
        """The network that replays it."""
        from brian2 import Network, NeuronGroup

        common = self.share()
        inputs = NeuronGroup(
            self.sizes.inputs, INPUTS_BACK, threshold="count > 0", reset="", name="inputs", **common
        )
        cells = self.make_cells_back(common)
        readout = NeuronGroup(self.sizes.outputs, READOUT_BACK, name="readout", **common)
        readout.run_regularly(REPLAY_READOUT, when="groups")
        return Network(inputs, cells, readout, *self.connect_backward(inputs, cells, readout))

    def prepare(self) -> None:
        """Make the networks, or find their programs."""
        assert self.networks

    def make_trace(self, own: FloatArray, n_steps: int) -> Trace:
        """Room for trials of at most ``n_steps``."""
        self.tape.reserve(n_steps)
        return Trace(own, self.tape.arrays["output"], np.zeros(self.sizes.cells, np.int64))

    @cached_property
    def networks(self) -> Mapping[str, Any]:
        """The networks that are shown a trial and that replay it."""
        assembling = {"forward": self.assemble_forward, "backward": self.assemble_backward}
        with leave_signals():  # what follows may be the first to need Brian2
            return {name: self._build(name, assemble) for name, assemble in assembling.items()}

    def _build(self, name: str, assemble: Callable[[], Network]) -> Any:
        if self.device == "runtime":
            from bioplast.backends.programs.runtime import RuntimeNetwork

            return RuntimeNetwork(assemble, self.dtype, 1, self.tape)
        return build_program(assemble, self.dtype, (self.name, name, tuple(self.sizes)))

    def run_forward(self, trace: Trace, c: Any, weights: Weights, trial: Trial) -> None:
        """As ``bioplast.backends.numeric.recurrent.spiking.run_forward``."""
        self.tape.n_steps = trial.n_steps
        shown = self.tape.arrays["shown"]
        shown[: trial.n_steps] = 0
        np.add.at(shown, (trial.steps, trial.units), 1)
        values = {
            f"cells.{self.own}": trace.own,
            "readout.kappa": c.kappa,
            "readout.n_steps": trial.n_steps,
            **self.give_forward(c),
            **{f"{name}.w": w.ravel() for name, w in zip(SYNAPSES, weights, strict=True)},
        }
        wanted = [f"cells.{self.counted}"] if self.counted else []
        for counts in self.networks["forward"].run(values, self.tape, wanted).values():
            trace.n_spikes[:] = counts

    def run_backward(
        self, trace: Trace, c: Any, weights: Weights, trial: Trial, errors: Errors, gradients: Weights
    ) -> None:
        """As ``bioplast.backends.numeric.recurrent.spiking.run_backward``."""
        arrays = self.tape.arrays
        compiled(spread_errors)(errors, trial, arrays["signal"], arrays["error"])
        values = {
            f"cells.{self.own}": trace.own,
            "readout.kappa": c.kappa,
            **{f"{group}.n_steps": trial.n_steps for group in ("inputs", "cells", "readout")},
            **self.give_backward(c, weights, errors),
        }
        results = self.networks["backward"].run(values, self.tape, [f"{name}.w" for name in SYNAPSES])
        for name, gradient in zip(SYNAPSES, gradients, strict=True):
            gradient[...] = results[f"{name}.w"].reshape(gradient.shape)

    def share(self) -> dict[str, Any]:
        """What all objects of a network have in common; their code is computed as it stands."""
        from brian2 import Clock, ms, prefs

        # Nothing is taken out of a loop, so that numbers are rounded as in the kernel; until the workspace
        # is left.
        prefs.codegen.loop_invariant_optimisations = False
        return {"namespace": self.tape.make_functions(), "clock": Clock(1 * ms, name="clock")}


def connect(
    source: Any, target: Any, on_pre: str, *, when: str = "synapses", order: int = 0, **more: str
) -> Synapses:
    """Synapses from all to all with a number ``w`` each, which hear the source at once.

    Parameters
    ----------
    when, order : in a step
    more : as Brian2's ``Synapses`` has it
    """
    from brian2 import Synapses

    name = f"{source.name}_to_{target.name}"
    code = {"model": "w : 1", "on_pre": on_pre, **more}
    synapses = Synapses(source, target, **code, clock=source.clock, namespace=source.namespace, name=name)
    synapses.pre.when, synapses.pre.order = when, order
    connect_all(synapses, source.N, target.N)
    return synapses
