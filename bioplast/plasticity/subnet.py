"""``subnet(k)``: only synaptic paths through k hidden units are plastic."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.errors import RequestError
from bioplast.plasticity.checks import check_count
from bioplast.plasticity.part import BoolArray, Path, is_output


@dataclass(frozen=True)
class Subnet(Path):
    """Only k hidden units are plastic, with all their in- and out-synapses.

    Every plastic synapse thus lies on a plastic path from input to output. Before learning hidden
    units are exchangeable, so the subnet is the first k of them. The output's bias comes from no
    hidden unit and is frozen; the hidden units' biases are synapses into them and are plastic.

    Parameters
    ----------
    units : k, at least 1

    Raises
    ------
    RequestError : k is not a whole number of at least 1, or larger than the hidden layer

    References
    ----------
    van Rossum & Pache 2024, coordination, doi:10.1371/journal.pcbi.1012553
    """

    units: int

    name: ClassVar[str] = "subnet"
    summary: ClassVar[str] = "only k hidden units are plastic, with all their in- and out-synapses"
    needs_units: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_count(self, "units", self.units)

    def check_layer(self, n_hidden: int) -> None:
        if self.units > n_hidden:
            raise RequestError(f"Subnet.units: must be at most the {n_hidden} hidden units, got {self.units}")

    def mask(self, layer: str, shape: tuple[int, int], rng: np.random.Generator) -> BoolArray:
        plastic = np.zeros(shape, dtype=bool)
        if is_output(layer):
            plastic[: self.units, :] = True
        else:
            plastic[:, : self.units] = True
        return plastic
