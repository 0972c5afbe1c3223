"""What runs a model's network: a compiled program, or this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from bioplast.backends.programs.program import Values, build_program
from bioplast.backends.programs.stimulus import Stimulus

if TYPE_CHECKING:
    from bioplast.backends.brian.model import BrianModel

# What of a model says nothing about its network.
APART = {"device", "build_seconds", "graph", "_screen", "_runner"}


class Runner(Protocol):
    """A network that can be run: a compiled program or one in this process."""

    def run(self, values: Values, stimulus: Stimulus, wanted: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Show the stimulus to the network, which starts from ``values``; see ``Program.run``."""


def _compile(model: BrianModel) -> Runner:
    declaration = {name: value for name, value in vars(model).items() if name not in APART}
    return build_program(model.assemble, model.dtype, (type(model), declaration))


def _interpret(model: BrianModel) -> Runner:
    from bioplast.backends.programs.runtime import RuntimeNetwork

    return RuntimeNetwork(model.assemble, model.dtype, model.n_steps, model._screen)


RUNNERS: dict[str, Callable[[BrianModel], Runner]] = {"cpp_standalone": _compile, "runtime": _interpret}
