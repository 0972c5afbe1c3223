"""Synapses of any connectivity laid out as a matrix, in which rules count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bioplast.plasticity.part import Path
from bioplast.plasticity.projection import BoolArray, ProjectionView


@dataclass(frozen=True)
class Layout:
    """Where the synapses of one Synapses object stand in a matrix with a column for each target cell.

    Attributes
    ----------
    pre, post : (n_synapses,), indices of the cells that a synapse joins
    n_pre, n_post : numbers of cells
    """

    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    n_pre: int
    n_post: int

    @classmethod
    def of(cls, pre: ArrayLike, post: ArrayLike, n_pre: int, n_post: int) -> Layout:
        """The layout of synapses from ``pre`` to ``post``, indices or arrays of them."""
        pre, post = np.broadcast_arrays(np.atleast_1d(pre), np.atleast_1d(post))
        return cls(pre.astype(np.int64), post.astype(np.int64), n_pre, n_post)

    @classmethod
    def all_to_all(cls, n_pre: int, n_post: int) -> Layout:
        """As Brian2 makes it: first all synapses of the first source."""
        return cls.of(np.repeat(np.arange(n_pre), n_post), np.tile(np.arange(n_post), n_pre), n_pre, n_post)

    @classmethod
    def foresee(cls, condition: Any, i: Any, j: Any, p: Any, n: Any, shape: tuple[int, int]) -> Layout | None:
        """What ``Synapses.connect`` will make of its arguments, if that can be told without running it."""
        if isinstance(p, str) or isinstance(n, str) or p != 1 or n != 1:
            return None
        if condition in (None, True, "True") and i is None and j is None:
            return cls.all_to_all(*shape)
        if condition is None and not any(indices is None or isinstance(indices, str) for indices in (i, j)):
            return cls.of(i, j, *shape)
        return None

    def join(self, other: Layout) -> Layout:
        """These synapses and then those of ``other``, between the same cells."""
        pre, post = np.append(self.pre, other.pre), np.append(self.post, other.post)
        return Layout(pre, post, self.n_pre, self.n_post)

    @property
    def is_all_to_all(self) -> bool:
        """Whether there is exactly one synapse from each source to each target."""
        n_pairs = self.n_pre * self.n_post
        return self.pre.size == n_pairs == np.unique(self.pre * self.n_post + self.post).size

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """(n_synapses,): the source if there is one synapse from each, else a running number per target."""
        if self.is_all_to_all:
            return self.pre
        order = np.argsort(self.post, kind="stable")
        counts = np.bincount(self.post, minlength=self.n_post)
        rows = np.empty(self.post.size, np.int64)
        rows[order] = np.arange(self.post.size) - np.repeat(np.cumsum(counts) - counts, counts)
        return rows

    def place(self, path: Path | None, view: ProjectionView, rng: np.random.Generator) -> BoolArray:
        """The plastic synapses as a matrix; where there is no synapse, there is no plastic one."""
        plastic = np.zeros((int(self._rows.max(initial=-1)) + 1, self.n_post), bool)
        if path is None:
            chosen = np.ones(self.post.size, bool)
        elif path.needs_units:
            whole = replace(view, plastic=np.ones((self.n_pre, self.n_post), bool))
            chosen = path.mask(whole, rng)[self.pre, self.post]
        else:
            chosen = path.mask(replace(view, plastic=np.ones((self.post.size, 1), bool)), rng).ravel()
        plastic[self._rows, self.post] = chosen
        return plastic

    def take(self, matrix: NDArray[Any]) -> NDArray[Any]:
        """(n_synapses,), the entries of a matrix of this layout."""
        return matrix[self._rows, self.post]
