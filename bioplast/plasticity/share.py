"""What rules have in common that write a fraction of a layer's changes."""

from dataclasses import dataclass

from bioplast.plasticity.checks import check_fraction
from bioplast.plasticity.part import Proposal, Selection
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Share(Selection):
    r"""A selection of the fraction f of n things, of which :math:`n - \mathrm{round}((1-f)(n-1))` are chosen.

    Parameters
    ----------
    fraction : f in (0, 1]
    output : f of the output layer in (0, 1]; the same as ``fraction`` if not given

    Raises
    ------
    RequestError : a fraction outside (0, 1]
    """

    fraction: float
    output: float | None = None

    def __post_init__(self) -> None:
        check_fraction(self, "fraction", self.fraction)
        if self.output is not None:
            check_fraction(self, "output", self.output)

    def count(self, view: ProjectionView, n: int) -> int:
        """How many of ``n`` things are chosen when no two are equal."""
        return count_share(self.find_fraction(view), n)

    def find_fraction(self, view: ProjectionView) -> float:
        """The fraction in a projection."""
        return self.fraction if self.output is None or not view.is_readout else self.output

    def count_written(self, proposal: Proposal) -> int:
        """How many of the plastic synapses are written when no two are equal."""
        n_plastic = proposal.view.n_plastic
        return min(self.count(proposal.view, proposal.n_counted or n_plastic), n_plastic)


def count_share(fraction: float, n: int) -> int:
    """``n`` less the 0-based rank from which on ``fraction`` of ``n`` sorted things is kept.

    >>> [count_share(0.2, n) for n in (1, 5, 10, 100)]
    [1, 2, 3, 21]
    """
    return n - round((1 - fraction) * (n - 1))
