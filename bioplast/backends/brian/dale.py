"""Dale's law: all synapses that leave a cell have one sign.

A cell is excitatory or inhibitory for good. Weights start with the sign of their cell, and a write that
would cross zero ends there; what is booked is how far the weight moved. The units that are always on are
no cells of one kind: biases keep both signs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bioplast.energy import Books
from bioplast.network import Layer
from bioplast.randomness import make_rng

SIGN_EQUATIONS = """
w_low : 1 (constant)                        # weights of the cell are between these two
w_high : 1 (constant)
"""
BOUND_EQUATIONS = """
low = w_low_pre : 1
high = w_high_pre : 1
"""


def draw_signs(seed: int, sizes: Sequence[int], share: float) -> list[NDArray[np.int64]]:
    """1 for excitatory and -1 for inhibitory cells, and 0 for the last of each layer, which is always on.

    Parameters
    ----------
    seed : the run's seed
    sizes : numbers of cells by layer, the last one included
    share : of the excitatory ones, which is kept exactly
    """
    rng = make_rng(seed, "signs")
    signs = []
    for size in sizes:
        is_inhibitory = rng.permutation(size - 1) >= round(share * (size - 1))
        signs.append(np.append(1 - 2 * is_inhibitory.astype(np.int64), 0))
    return signs


def find_bounds(signs: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and the highest weight that cells of these ``signs`` (n_pre,) may have."""
    return np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)


def impose_signs(layer: Layer, signs: NDArray[np.int64], share: float) -> None:
    """Give the weights that ``layer`` starts with the signs of their cells; its books are opened anew.

    Inhibitory weights are larger in the proportion in which there are fewer of them, so that excitation and
    inhibition are in balance before learning.
    """
    size = np.where(signs < 0, share / (1 - share), 1.0).astype(layer.weights.dtype)[:, np.newaxis]
    of_one_sign = signs != 0
    layer.weights[of_one_sign] = (signs[:, np.newaxis] * size * np.abs(layer.weights))[of_one_sign]
    layer.books = Books.open(layer.weights)
