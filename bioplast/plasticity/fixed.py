"""``fixed(f)``: one fixed random set of synapses is plastic for ever."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.checks import check_fraction
from bioplast.plasticity.part import BoolArray, Path
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import count_share


@dataclass(frozen=True)
class Fixed(Path):
    """Only a fixed random fraction f of each layer's synapses is plastic.

    The control of ``subnet``: plastic synapses do not line up to paths.

    Parameters
    ----------
    fraction : f in (0, 1]
    output : f of the output layer in (0, 1]; the same as ``fraction`` if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]

    References
    ----------
    van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553
    """

    fraction: float
    output: float | None = None

    name: ClassVar[str] = "fixed"
    summary: ClassVar[str] = "one fixed random set of synapses is plastic; they do not form paths"

    def __post_init__(self) -> None:
        check_fraction(self, "fraction", self.fraction)
        if self.output is not None:
            check_fraction(self, "output", self.output)

    def mask(self, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        fraction = self.fraction if self.output is None or not view.is_readout else self.output
        n = view.plastic.size
        plastic = np.zeros(view.shape, bool)
        plastic.flat[rng.choice(n, count_share(fraction, n), replace=False)] = True
        return plastic
