"""How an image becomes the activity of the input units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bioplast.kernels.synapse_arrays import FloatArray
from bioplast.tasks.task import Trials


class Encoding(Protocol):
    """What the network asks an encoding."""

    @property
    def name(self) -> str:
        """The name that goes into a run's record."""

    @property
    def is_dense(self) -> bool:
        """Whether nearly every input is on, so that matrix products pay where nothing is learned."""

    def encode(self, trials: Trials, dtype: DTypeLike) -> FloatArray:
        """Input of every trial, (n_trials, n_pixels + 1)."""

    def fast(self, trials: Trials, dtype: DTypeLike) -> tuple[Callable[..., int], NDArray[Any], FloatArray]:
        """Function that reads one image inside the kernel, and the two arrays it reads from."""


@dataclass(frozen=True)
class Rates:
    """Pixels over 255, and 1 for the unit that is always on: activity that is never negative."""

    name: ClassVar[str] = "rates"
    is_dense: ClassVar[bool] = False

    def encode(self, trials: Trials, dtype: DTypeLike) -> FloatArray:
        pixels = trials.images.pixels[trials.indices]
        bias = np.ones((len(pixels), 1), dtype)
        return np.hstack([_make_table(dtype)[pixels], bias])

    def fast(self, trials: Trials, dtype: DTypeLike) -> tuple[Callable[..., int], NDArray[Any], FloatArray]:
        return read_pixels, trials.images.pixels, _make_table(dtype)


def _make_table(dtype: DTypeLike) -> FloatArray:
    return np.arange(256, dtype=dtype) / np.dtype(dtype).type(255)


def read_pixels(
    source: NDArray[np.uint8], table: FloatArray, image: int, pre: FloatArray, rows: NDArray[np.int64]
) -> int:
    """Put the input of one image into ``pre`` and the units that are on into ``rows``: how many."""
    n = 0
    n_pixels = source.shape[1]
    for i in range(n_pixels):
        pixel = source[image, i]
        pre[i] = table[pixel]
        rows[n] = i
        n += pixel != 0
    pre[n_pixels] = 1
    rows[n] = n_pixels
    return n + 1
