"""Artificial neural network trained by backpropagation, one image at a time.

The image x (pixels over 255 and a unit that is always on) passes the hidden layers, one or more::

    h_j = sum_i x_i w_ij            r_j = h_j  where h_j > 0, else slope * h_j
    y_k = sum_j r_j w_jk            r has a last unit that is always on

The error of the output goes back through the same synapses, layer by layer, and each layer of synapses
proposes a change::

    delta_k = [k is the label] - y_k
    delta_j = phi'(h_j) * sum_k w_jk delta_k        phi' = 1 where h_j > 0, else error_slope
    delta_w = eta * pre * delta

What of it is written is up to the plasticity. With ``slope`` 0 activity is never negative, and the
network is the resting state of the rate network.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from bioplast.backends.numeric.centred import Centred
from bioplast.backends.numeric.chunk import Chunks
from bioplast.backends.numeric.encoding import Encoding, Rates
from bioplast.backends.numeric.settings import Settings
from bioplast.changes import check_changes
from bioplast.network import DTYPES, Graph, Outcome, State, make_chain
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice, check_not_negative
from bioplast.sizes import Hidden
from bioplast.tasks.task import Trials

N_HIDDEN = 100
ANY_DEPTH = True


@dataclass
class Network:
    """784-N-10 and its like; ``bioplast.backends.numeric.reference`` is what it computes.

    Parameters
    ----------
    n_pixels, n_classes, n_hidden : numbers of units, the always-on ones not counted; several hidden layers
        are a tuple
    plasticity : what may change
    constants : learning rates and slope
    sd_hidden, sd_output : standard deviation of the first weights into hidden and output units
    encoding : how an image becomes activity
    dtype : of the weights

    Raises
    ------
    RequestError : the plasticity's path cannot be laid through the hidden layers, or a setting is not
        allowed
    """

    n_pixels: int
    n_classes: int
    n_hidden: Hidden
    plasticity: Plasticity
    constants: Settings = field(default_factory=Settings)
    sd_hidden: float = 0.01
    sd_output: float = 0.01
    encoding: Encoding = field(default_factory=Rates)
    dtype: str = "float32"
    build_seconds: float = field(default=0.0, init=False)

    name = "ann"
    backend = "numeric"
    has_rates = True

    def __post_init__(self) -> None:
        check_choice(self, "dtype", self.dtype, DTYPES)
        check_not_negative(self, "sd_hidden", "sd_output")
        self.graph.check(self.plasticity)
        self._chunks = Chunks(self.constants, self.encoding, self.plasticity)

    @property
    def graph(self) -> Graph:
        """Populations and projections."""
        return make_chain(
            self.n_pixels,
            self.n_hidden,
            self.n_classes,
            sds=(self.sd_hidden, self.sd_output),
            learning_rates=(self.constants.learning_rate, self.constants.learning_rate_output),
            has_bias=not self.constants.clamps_first,
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every constant that shapes the numbers of a run."""
        return {
            **dataclasses.asdict(self.constants),
            "sd_hidden": self.sd_hidden,
            "sd_output": self.sd_output,
            "encoding": self.encoding.name,
            "dtype": self.dtype,
        }

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``."""
        checked = check_changes(self.name, self.settings, changes)
        known: tuple[Encoding, ...] = (Rates(), Centred(), self.encoding)
        encodings = {encoding.name: encoding for encoding in known}
        encoding = checked.pop("encoding", self.encoding.name)
        check_choice(self, "encoding", encoding, tuple(encodings))
        names = {f.name for f in dataclasses.fields(Settings)}
        constants = {name: value for name, value in checked.items() if name in names}
        rest = {name: value for name, value in checked.items() if name not in names}
        return dataclasses.replace(
            self,
            constants=dataclasses.replace(self.constants, **constants),
            encoding=encodings[encoding],
            **rest,
        )

    def initial_state(self, seed: int) -> State:
        """Weights before learning and empty books."""
        return State(seed, make_layers(self.graph, seed, self.plasticity, self.dtype))

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show the images of ``trials`` in order; with ``learn`` the state moves on in place."""
        outcome = self._chunks.present(state, trials, learn=learn)
        self.build_seconds = self._chunks.build_seconds
        return outcome


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network of the standard protocol; it runs on no Brian2 device."""
    return Network(n_pixels, n_classes, n_hidden, plasticity)


def make_paper_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network of van Rossum & Pache's published code.

    Leaky units, inputs less their mean, a clamped hidden unit for the output's bias, books that count
    proposals that are not zero, and fractions of all synapses.
    """
    constants = Settings(slope=0.1, error_slope=0.1, clamps_first=True, books_proposals=True, ranks_all=True)
    return Network(n_pixels, n_classes, n_hidden, plasticity, constants, encoding=Centred())


# The networks by training protocol; a model without this table knows the standard one only.
MAKERS = {"standard": make_network, "paper": make_paper_network}
