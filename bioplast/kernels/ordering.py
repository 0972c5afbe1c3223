"""Order statistics of numbers that are laid out one by one.

Plain functions in Numba's subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

from bioplast.kernels.synapse_arrays import FloatArray


def find_largest(values: FloatArray, n: int, rank: int) -> Any:
    """The ``rank``-th largest of the first ``n`` values, which are reordered (Hoare's quickselect)."""
    wanted = rank - 1
    first, last = 0, n - 1
    while first < last:
        pivot = values[(first + last) // 2]
        left, right = first, last
        while left <= right:
            while values[left] > pivot:
                left += 1
            while values[right] < pivot:
                right -= 1
            if left <= right:
                value = values[left]
                values[left] = values[right]
                values[right] = value
                left += 1
                right -= 1
        if wanted <= right:
            last = right
        elif wanted >= left:
            first = left
        else:
            break
    return values[wanted]
