"""``readout``: only the output layer learns."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.part import BoolArray, Path, is_output


@dataclass(frozen=True)
class Readout(Path):
    """Only the synapses onto the output are plastic; the hidden layer stays as it was drawn.

    References
    ----------
    van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553
    """

    name: ClassVar[str] = "readout"
    summary: ClassVar[str] = "only the output layer learns; a control"

    def mask(self, layer: str, shape: tuple[int, int], rng: np.random.Generator) -> BoolArray:
        return np.full(shape, is_output(layer))
