"""Energy of plasticity in the arbitrary unit of the weights, summed over synapses."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bioplast.html import make_facts


@dataclass(frozen=True)
class Energy:
    """What plasticity has cost, and the least it could have cost.

    Attributes
    ----------
    m0, m1 : number of writes, summed size of the changes
    m0_min, m1_min : the same had every synapse gone straight to its final weight
    maintenance : cost of keeping transient changes
    external : summed size of the changes that others made, beside the rules; in no other number
    """

    m0: int = 0
    m1: float = 0.0
    m0_min: int = 0
    m1_min: float = 0.0
    maintenance: float = 0.0
    external: float = 0.0

    @property
    def inefficiency_m0(self) -> float | None:
        """m0 / m0_min; 1 is perfect, and nothing is known before anything changed."""
        return self.m0 / self.m0_min if self.m0_min else None

    @property
    def inefficiency_m1(self) -> float | None:
        """m1 / m1_min; 1 is perfect, and nothing is known before anything changed."""
        return self.m1 / self.m1_min if self.m1_min else None

    def __add__(self, other: Energy) -> Energy:
        theirs = asdict(other)
        return Energy(**{name: value + theirs[name] for name, value in asdict(self).items()})

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        values = {name: "" if value is None else f"{value:.4g}" for name, value in self.to_dict().items()}
        return make_facts(values)

    def to_dict(self) -> dict[str, float | int | None]:
        """The energy as it stands in a run's record."""
        return {
            "m0": self.m0,
            "m1": self.m1,
            "m0_min": self.m0_min,
            "m1_min": self.m1_min,
            "inefficiency_m0": self.inefficiency_m0,
            "inefficiency_m1": self.inefficiency_m1,
            "maintenance": self.maintenance,
        }
