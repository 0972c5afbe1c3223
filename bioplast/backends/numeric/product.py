"""A matrix product with one result: the same bits on every processor and with any number of threads.

What frozen units give to the output goes into what is learned, and a matrix product of a numerical library
adds up in an order that depends on the processor and on how many threads share the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import intrinsic
from numpy.typing import NDArray

from bioplast.backends.numeric.compiled import compiled
from bioplast.kernels.synapse_arrays import FloatArray

MAX_BLOCK = 448
_ROUND_TO = 16
N_ROWS, N_COLUMNS = 4, 1024  # of the product that are made at once: their sums stay in the nearest cache


def multiply(left: FloatArray, right: FloatArray) -> FloatArray:
    r"""``left @ right``, where every sum is taken in the order of its terms.

    The sum over i of :math:`x_i w_{ij}` is that of its blocks, one after another from 0; within a block each
    term is added by a fused multiply-add, which rounds once::

        s <- round(s + x_i w_ij)

    The blocks (``cut``) are those of OpenBLAS with AVX-512 and one thread, so the result is its result.

    Parameters
    ----------
    left, right : (n, n_terms) and (n_terms, m), of one dtype, ``right`` without infinities and nan; of the
        two ways to write a product the fast one has the wider array on the right

    Returns
    -------
    product : (n, m), in the same dtype
    """
    product = np.zeros((len(left), right.shape[1]), left.dtype)
    left, ends = np.ascontiguousarray(left), np.array(cut(len(right)))
    sums = np.empty(N_ROWS * N_COLUMNS, left.dtype)
    for first in range(0, right.shape[1], N_COLUMNS):
        columns = slice(first, first + N_COLUMNS)
        tile = np.ascontiguousarray(right[:, columns])
        compiled(multiply_rows)(left, tile, ends, sums, product[:, columns])
    return product


def cut(n_terms: int) -> list[int]:
    """The ends of the blocks of a sum of ``n_terms``, 0 first.

    >>> cut(785)
    [0, 400, 785]
    """
    ends = [0]
    while (left := n_terms - ends[-1]) > 0:
        if left > MAX_BLOCK:
            half = -(-(left // 2) // _ROUND_TO) * _ROUND_TO
            left = MAX_BLOCK if left >= 2 * MAX_BLOCK else half
        ends.append(ends[-1] + left)
    return ends


def _fuse(context: Any, a: Any, b: Any, c: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, a, a), generate


# a * b + c, rounded once: by the processor or, where it cannot, by its C library.
fused: Any = intrinsic(_fuse)


def multiply_rows(
    left: FloatArray, right: FloatArray, ends: NDArray[np.int64], sums: FloatArray, product: FloatArray
) -> None:
    """Fill ``product``, four rows at a time: a row of ``right`` that was fetched serves them all."""
    n_rows, n_columns = product.shape
    for first in range(0, n_rows, N_ROWS):
        n = min(N_ROWS, n_rows - first)
        for block in range(ends.size - 1):
            for s in range(n * n_columns):
                sums[s] = 0
            for i in range(ends[block], ends[block + 1]):
                for r in range(n):
                    factor = left[first + r, i]
                    if factor != 0:
                        for j in range(n_columns):
                            sums[r * n_columns + j] = fused(factor, right[i, j], sums[r * n_columns + j])
            for r in range(n):
                for j in range(n_columns):
                    product[first + r, j] += sums[r * n_columns + j]
