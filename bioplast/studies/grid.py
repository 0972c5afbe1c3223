"""Grids: every combination of some settings, with some seeds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from bioplast.errors import RequestError

Settings = dict[str, Any]  # by name


class Grid:
    """Every combination of some settings, each with the seeds 1, 2, ...

    >>> Grid(model="ann", rule=["plain", "largest(0.1)"], seeds=1).list_settings()
    [{'model': 'ann', 'rule': 'plain', 'seed': 1}, {'model': 'ann', 'rule': 'largest(0.1)', 'seed': 1}]

    Parameters
    ----------
    seeds : how many each combination has, unless others are asked for (``bioplast run --seeds``); None where
        nothing depends on a seed
    capped : whether it never has more than ``seeds``, since runs take too long
    cells : settings that go together, a dictionary each; each is combined with all the others below
    settings : by name; a list or tuple holds several values of a setting, of which the last one named runs
        fastest, and anything else is the same in all. For runs they are fields of ``RunConfig``

    Raises
    ------
    ValueError : a number of seeds below 1
    """

    def __init__(
        self,
        *,
        seeds: int | None = 1,
        capped: bool = False,
        cells: Sequence[Mapping[str, Any]] = ({},),
        **settings: Any,
    ) -> None:
        if seeds is not None and seeds < 1:
            raise ValueError(f"Grid.seeds: must be a whole number >= 1 or None, got {seeds}")
        self.seeds, self.capped = seeds, capped
        self.cells = list(cells)
        self.settings = settings

    @property
    def names(self) -> set[str]:
        """The settings that are named."""
        return {name for cell in self.cells for name in cell} | set(self.settings)

    def list_settings(self, seeds: int | None = None) -> list[Settings]:
        """The combinations, each as a dictionary, the seed running fastest.

        Parameters
        ----------
        seeds : how many are asked for; None for the grid's own number

        Raises
        ------
        RequestError : fewer than one is asked for
        """
        axes = {name: _as_axis(value) for name, value in self.settings.items()}
        if self.seeds is not None:
            n_seeds = self.seeds if seeds is None else seeds
            axes["seed"] = make_seeds(min(n_seeds, self.seeds) if self.capped else n_seeds)
        return [
            {**cell, **dict(zip(axes, values, strict=True))}
            for cell in self.cells
            for values in itertools.product(*axes.values())
        ]


Grids = Grid | Sequence[Grid]


def list_grids(grids: Grids) -> list[Grid]:
    """One grid or several as a list."""
    return [grids] if isinstance(grids, Grid) else list(grids)


def make_seeds(n_seeds: int) -> list[int]:
    """The seeds 1, 2, ... of a study.

    Raises
    ------
    RequestError : fewer than one
    """
    if n_seeds < 1:
        raise RequestError(f"seeds: must be a whole number >= 1, got {n_seeds}")
    return list(range(1, n_seeds + 1))


def _as_axis(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)
