"""``largest(f)``: only the fraction with the largest changes is written."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.checks import check_fraction
from bioplast.plasticity.part import (
    BoolArray,
    BrianForm,
    FastForm,
    FloatArray,
    Proposal,
    Selection,
    is_output,
)
from bioplast.plasticity.rank_one import find_cutoff
from bioplast.plasticity.side import Side
from bioplast.plasticity.walks import sort_columns, write_from


@dataclass(frozen=True)
class Largest(Selection):
    r"""Write the fraction f of the layer's plastic synapses with the largest proposed change.

    The cutoff :math:`c` is the value at 0-based rank :math:`k = \mathrm{round}((1-f)(n-1))` of the
    ascending :math:`|\Delta w|` of the layer's n plastic synapses, chosen anew each trial; written
    is every :math:`|\Delta w_{ij}| \ge c`, so n - k synapses and, with ties, more.

    Parameters
    ----------
    fraction : f in (0, 1]
    output : f of the output layer in (0, 1]; the same as ``fraction`` if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]

    References
    ----------
    van Rossum & Pache 2024, competitive selection, doi:10.1371/journal.pcbi.1012553
    """

    fraction: float
    output: float | None = None

    name: ClassVar[str] = "largest"
    summary: ClassVar[str] = "the fraction with the largest changes of the layer is written"

    def __post_init__(self) -> None:
        check_fraction(self, "fraction", self.fraction)
        if self.output is not None:
            check_fraction(self, "output", self.output)

    def mask(self, proposal: Proposal) -> BoolArray:
        magnitude = np.abs(proposal.delta_w)
        rivals = magnitude[proposal.plastic]
        n_written = self.count(proposal.layer, rivals.size)
        cutoff = np.partition(rivals, rivals.size - n_written)[rivals.size - n_written]
        return magnitude >= cutoff

    def brian(self, layer: str, n_plastic: int) -> BrianForm:
        n_written = self.count(layer, n_plastic)
        return BrianForm(
            cutoff="kth_largest(n_written)",
            condition="abs(delta_w) >= cutoff",
            parameters={"n_written": n_written},
            competes=True,
        )

    def fast(self, layer: str, n_plastic: int) -> FastForm:
        return FastForm(select_largest, (self.count(layer, n_plastic),))

    def count(self, layer: str, n_plastic: int) -> int:
        """How many of ``n_plastic`` synapses are written when no two changes are equal."""
        fraction = self.fraction if self.output is None or not is_output(layer) else self.output
        return n_plastic - round((1 - fraction) * (n_plastic - 1))


def select_largest(side: Side, n_rows: int, parameters: FloatArray) -> None:
    """Find the cutoff in the two factors of the change and write from there up."""
    n_columns = sort_columns(side)
    cutoff = find_cutoff(side, n_rows, n_columns, int(parameters[0]))
    write_from(side, n_rows, n_columns, cutoff)
