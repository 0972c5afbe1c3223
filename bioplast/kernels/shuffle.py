"""Drawing without replacement by counting: a keyed permutation whose every value is computed alone.

The numbers below n are laid out on a grid of about sqrt(n) by sqrt(n). Four times, each row, or each
column, of the grid is turned by an amount that is a hash of its number and the key: a Feistel network
over Z_a x Z_b (Black & Rogaway 2002, doi:10.1007/3-540-45760-7_9). Where that leaves the range, in the
last and incomplete row of the grid, it is done again until it is back. To draw m of n things is then to
take the images of 0 to m - 1: no sorting, nothing to remember, and the same on every device.

The functions on numbers are plain functions in Numba's subset of Python, and run on arrays as well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Whether a synapse with a ``number`` of its own is drawn, as a condition in Brian2.
IS_DRAWN = "index_of_draw(number, n_things, draw_key(trial_pre, layer_number)) < cutoff"


def draw(n_drawn: int, n: int, key: int) -> NDArray[np.int64]:
    """(n_drawn,) different numbers below ``n``; with another key, others."""
    drawn = permute(np.arange(n_drawn, dtype=np.int64), n, key)
    while np.any(drawn >= n):
        drawn = np.where(drawn >= n, permute(drawn, n, key), drawn)
    return drawn


def draw_one(index: int, n: int, key: int) -> int:
    """Element ``index`` of ``draw``."""
    drawn = permute(index, n, key)
    while drawn >= n:
        drawn = permute(drawn, n, key)
    return drawn


def find_index(number: Any, n: int, key: int) -> Any:
    """The index at which ``draw`` has ``number``, of all ``n``: what is drawn has the lowest."""
    index = permute_back(number, n, key)
    while np.any(index >= n):
        index = np.where(index >= n, permute_back(index, n, key), index)
    return index


def permute(number: Any, n: int, key: int) -> Any:
    """A bijection of the cells of the least grid of ``int(sqrt(n))`` columns that holds ``n``."""
    n_columns = int(math.sqrt(n))
    n_rows = (n + n_columns - 1) // n_columns
    row = number // n_columns
    column = number - row * n_columns
    for turn in range(2):
        column = column + ((scramble(row + key + turn * 0x9E3779B9) * n_columns) >> 32)
        column = column - n_columns * (column >= n_columns)
        row = row + ((scramble(column + key + turn * 0x3C6EF372 + 1) * n_rows) >> 32)
        row = row - n_rows * (row >= n_rows)
    return row * n_columns + column


def permute_back(number: Any, n: int, key: int) -> Any:
    """The inverse of ``permute``."""
    n_columns = int(math.sqrt(n))
    n_rows = (n + n_columns - 1) // n_columns
    row = number // n_columns
    column = number - row * n_columns
    for turn in (1, 0):
        row = row - ((scramble(column + key + turn * 0x3C6EF372 + 1) * n_rows) >> 32)
        row = row + n_rows * (row < 0)
        column = column - ((scramble(row + key + turn * 0x9E3779B9) * n_columns) >> 32)
        column = column + n_columns * (column < 0)
    return row * n_columns + column


def scramble(x: Any) -> Any:
    """A hash of the low 32 bits (lowbias32 by C. Wellons, public domain)."""
    x = x & 0xFFFFFFFF
    x = x ^ (x >> 16)
    x = (x * 0x7FEB352D) & 0xFFFFFFFF
    x = x ^ (x >> 15)
    x = (x * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)
