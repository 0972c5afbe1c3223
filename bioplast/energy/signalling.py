"""What signalling amounts to while a network learns, beside what plasticity costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Signalling:
    """Counts over the presentations a network learned from.

    Attributes
    ----------
    spikes_input, spikes_hidden : spikes of the input and hidden cells; 0 without spikes
    synaptic_events : spikes times the synapses each of them reached
    macs : multiply-accumulates of the forward pass whose input is not zero; 0 with spikes
    """

    spikes_input: int = 0
    spikes_hidden: int = 0
    synaptic_events: int = 0
    macs: int = 0

    def __add__(self, other: Signalling) -> Signalling:
        theirs = asdict(other)
        return Signalling(**{name: value + theirs[name] for name, value in asdict(self).items()})

    def to_dict(self) -> dict[str, int]:
        """The counts as they stand in a run's record."""
        return asdict(self)
