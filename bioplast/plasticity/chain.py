"""Several paths or several selections in one declaration."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bioplast.plasticity.part import BoolArray, Path, Proposal, Selection
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Paths(Path):
    """What lies on all of several paths is plastic."""

    paths: tuple[Path, ...]

    @property
    def name(self) -> str:  # type: ignore[override]
        """What errors call it."""
        return " + ".join(path.name for path in self.paths)

    @property
    def needs_units(self) -> bool:  # type: ignore[override]
        return any(path.needs_units for path in self.paths)

    def check_sizes(self, sizes: Mapping[str, int]) -> None:
        for path in self.paths:
            path.check_sizes(sizes)

    def mask(self, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        return np.logical_and.reduce([path.mask(view, rng) for path in self.paths])


@dataclass(frozen=True)
class Narrowed(Selection):
    """Selections one after the other: each chooses from what those before it have left.

    What they carry from trial to trial lies end to end in one array.
    """

    selections: tuple[Selection, ...]

    @property
    def name(self) -> str:  # type: ignore[override]
        """What errors call it."""
        return " + ".join(part.name for part in self.selections)

    def mask(self, proposal: Proposal) -> BoolArray:
        left = np.array(proposal.plastic)
        for part, own in self._go_through(proposal, left):
            left &= part.mask(own)
        return left

    def memory(self, view: ProjectionView) -> NDArray[np.float64]:
        return np.concatenate([part.memory(view).ravel() for part in self.selections])

    def remember(self, proposal: Proposal, written: BoolArray) -> None:
        left = np.array(proposal.plastic)
        for part, own in self._go_through(proposal, left):
            left &= part.mask(own)
            part.remember(own, np.array(left))

    def _go_through(self, proposal: Proposal, left: BoolArray) -> Iterator[tuple[Selection, Proposal]]:
        """Each selection with the proposal as it is put to it; ``left`` is narrowed meanwhile.

        Where nothing is left the selections behind are not asked: as in a layer without plastic synapses.
        """
        first = 0
        for part in self.selections:
            if not left.any():
                return
            shape = part.memory(proposal.view).shape
            last = first + math.prod(shape)
            # A view, so that what the part remembers is kept.
            memory = proposal.memory[first:last].reshape(shape)
            view = replace(proposal.view, plastic=np.array(left))
            yield part, replace(proposal, view=view, memory=memory)
            first = last
