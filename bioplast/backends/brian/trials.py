"""Trials in time in Brian2: compiled programs or networks in this process, in the place of machine code.

A trial is shown to one network, which leaves its course on a tape, and replayed by another. Errors, rules and
books stay what they are (``bioplast.backends.numeric.recurrent.trials``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.errors import spread_errors
from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.tape import Course, Tape
from bioplast.signals import leave_signals

FloatArray = NDArray[np.floating[Any]]

RUNTIME = "runtime"
SYNAPSES = ("inputs_to_cells", "cells_to_cells", "cells_to_readout")
_FORWARD = ("alpha", "alpha_syn", "rho", "gain", "v_thresh", "subtracted", "zeroed", "height")
_BACKWARD = ("alpha", "alpha_syn", "rho", "kappa", "gain", "zeroed", "tiny")


class Sizes(NamedTuple):
    """Numbers of units."""

    inputs: int
    cells: int
    outputs: int


class Trace(NamedTuple):
    """What a trial leaves behind, as far as errors are made of it.

    Attributes
    ----------
    beta : (n_cells,)
    y : (n_steps, n_outputs), readout
    n_spikes : (n_cells,), spikes of each cell in the trial
    """

    beta: FloatArray
    y: FloatArray
    n_spikes: NDArray[np.int64]


class InBrian:
    """The spiking network of ``models/recurrent.py`` in Brian2.

    Parameters
    ----------
    sizes : numbers of units
    dtype : of all variables
    device : ``"cpp_standalone"`` or ``"runtime"``
    """

    def __init__(self, sizes: Sizes, dtype: DTypeLike, device: str) -> None:
        self.sizes, self.dtype, self.device = sizes, np.dtype(dtype), device
        self._tape = Tape(
            {
                "shown": Course(sizes.inputs, np.uint8),
                "fired": Course(sizes.cells, np.uint8),
                "slope": Course(sizes.cells, self.dtype),
                "output": Course(sizes.outputs, self.dtype),
                "signal": Course(sizes.cells, self.dtype),
                "error": Course(sizes.outputs, self.dtype),
            }
        )

    def make_trace(self, beta: FloatArray, n_steps: int) -> Trace:
        """Room for trials of at most ``n_steps``."""
        self._tape.reserve(n_steps)
        return Trace(beta, self._tape.arrays["output"], np.zeros(self.sizes.cells, np.int64))

    @property
    def parts(self) -> dict[str, Callable[..., Any]]:
        """What takes the place of the kernel's functions of these names."""
        return {"run_forward": self.run_forward, "run_backward": self.run_backward}

    def prepare(self) -> None:
        """Make the networks, or find their programs."""
        assert self.networks

    @cached_property
    def networks(self) -> Mapping[str, Any]:
        """The networks that show a trial and that replay it."""
        with leave_signals():  # what follows may be the first to need Brian2
            return {name: self._build(name) for name in ("forward", "backward")}

    def _build(self, name: str) -> Any:
        assemble = partial(_assemble, name, self.sizes, self._tape)
        if self.device == RUNTIME:
            from bioplast.backends.programs.runtime import RuntimeNetwork

            return RuntimeNetwork(assemble, self.dtype, 1, self._tape)
        return build_program(assemble, self.dtype, ("spiking cells in time", name, tuple(self.sizes)))

    def run_forward(
        self,
        trace: Trace,
        c: Any,
        w_in: FloatArray,
        w_rec: FloatArray,
        w_out: FloatArray,
        steps: NDArray[np.int32],
        units: NDArray[np.int32],
        event: int,
        last_event: int,
        n_steps: int,
    ) -> None:
        """As ``bioplast.backends.numeric.recurrent.spiking.run_forward``."""
        courses, tape = self._tape.arrays, self._tape
        tape.n_steps = n_steps
        courses["shown"][:n_steps] = 0
        np.add.at(courses["shown"], (steps[event:last_event], units[event:last_event]), 1)
        courses["fired"][:n_steps] = 0
        values = {f"cells.{name}": getattr(c, name) for name in _FORWARD}
        values |= {"cells.pause": c.refractory, "cells.beta": trace.beta}
        values |= {"readout.kappa": c.kappa, "readout.n_steps": n_steps}
        weights = zip(SYNAPSES, (w_in, w_rec, w_out), strict=True)
        values |= {f"{name}.w": w.ravel() for name, w in weights}
        trace.n_spikes[:] = self.networks["forward"].run(values, tape, ["cells.n_spikes"])["cells.n_spikes"]

    def run_backward(
        self,
        trace: Trace,
        c: Any,
        errors: FloatArray,
        feedback: FloatArray,
        pull: FloatArray,
        signal: FloatArray,
        steps: NDArray[np.int32],
        units: NDArray[np.int32],
        event: int,
        first_event: int,
        n_steps: int,
        answer_from: int,
        changes: bool,
        w_in: FloatArray,
        w_rec: FloatArray,
        w_out: FloatArray,
        d_in: FloatArray,
        d_rec: FloatArray,
        d_out: FloatArray,
    ) -> None:
        """As ``bioplast.backends.numeric.recurrent.spiking.run_backward``."""
        courses = self._tape.arrays
        compiled(spread_errors)(
            feedback, errors, answer_from, n_steps, changes, signal, courses["signal"], courses["error"]
        )
        values = {f"cells.{name}": getattr(c, name) for name in _BACKWARD}
        values |= {"cells.beta": trace.beta, "cells.pull": pull, "readout.kappa": c.kappa}
        values |= {f"{group}.n_steps": n_steps for group in ("inputs", "cells", "readout")}
        results = self.networks["backward"].run(values, self._tape, [f"{name}.w" for name in SYNAPSES])
        for name, gradient in zip(SYNAPSES, (d_in, d_rec, d_out), strict=True):
            gradient[...] = results[f"{name}.w"].reshape(gradient.shape)


def _assemble(name: str, sizes: Sizes, tape: Tape) -> Any:
    from bioplast.backends.brian import in_time

    return {"forward": in_time.assemble_forward, "backward": in_time.assemble_backward}[name](sizes, tape)
