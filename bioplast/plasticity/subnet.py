"""``subnet(k)``: only synaptic paths through k hidden units are plastic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.errors import RequestError
from bioplast.plasticity.checks import check_count
from bioplast.plasticity.part import BoolArray, Path
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Subnet(Path):
    """Only k units of each hidden layer are plastic: the synapses from input to output through them.

    Every plastic synapse thus lies on a plastic path from input to output, at any depth. Before learning
    hidden units are exchangeable, so the subnet is the first k of each layer. Biases of the output, and of
    hidden layers behind the first, come from no hidden unit and are frozen; those of the first hidden layer
    come with the input and are plastic.

    Parameters
    ----------
    units : k, at least 1

    Raises
    ------
    RequestError : k is not a whole number of at least 1, or larger than a hidden layer

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

    def check_sizes(self, sizes: Mapping[str, int]) -> None:
        for name, size in sizes.items():
            if self.units > size:
                units = "hidden units" if len(sizes) == 1 else f"units of {name}"
                raise RequestError(f"Subnet.units: must be at most the {size} {units}, got {self.units}")

    def mask(self, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        plastic = np.zeros(view.shape, dtype=bool)
        rows = slice(None) if view.is_input else slice(self.units)
        columns = slice(None) if view.is_readout else slice(self.units)
        plastic[rows, columns] = True
        return plastic
