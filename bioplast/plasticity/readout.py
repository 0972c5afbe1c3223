"""``readout``: only the output layer learns."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.part import BoolArray, Path
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Readout(Path):
    """Only the synapses onto the output are plastic; the hidden layer stays as it was drawn.

    References
    ----------
    van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553
    """

    name: ClassVar[str] = "readout"
    summary: ClassVar[str] = "only the output layer learns; a control"

    def mask(self, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        return np.full(view.shape, view.is_readout)
