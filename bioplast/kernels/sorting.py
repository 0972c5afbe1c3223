"""Sorting what belongs together, in place and without anything to allocate.

Plain functions in Numba's subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

from bioplast.kernels.synapse_arrays import FloatArray, IntArray

N_FEW = 16  # as many are sorted faster by insertion
STACK_SIZE = 128  # two numbers for each halving of the longest list there can be


def sort_falling(sizes: FloatArray, partners: IntArray, stack: IntArray, n: int) -> None:
    """Sort the first n of ``sizes``, the largest first, and ``partners`` along with them.

    Quicksort: the stretches that are not split yet stand on the ``stack``, and the shorter of two is split
    first, so there are never many. Stretches of a few are left to one insertion sort at the end.
    """
    depth, first, end = 0, 0, n
    while True:
        while end - first > N_FEW:
            pivot = find_middle(sizes[first], sizes[(first + end) // 2], sizes[end - 1])
            middle = split(sizes, partners, first, end, pivot, False)
            if middle == first:  # nothing is above the pivot: put aside what equals it
                middle = split(sizes, partners, first, end, pivot, True)
                if middle == first:  # no number
                    break
                first = middle
            elif middle - first < end - middle:
                stack[depth], stack[depth + 1] = middle, end
                depth += 2
                end = middle
            else:
                stack[depth], stack[depth + 1] = first, middle
                depth += 2
                first = middle
        if depth == 0:
            break
        depth -= 2
        first, end = stack[depth], stack[depth + 1]
    insert_each(sizes, partners, n)


def find_middle(a: Any, b: Any, c: Any) -> Any:
    """The middle one of three numbers."""
    return max(min(a, b), min(max(a, b), c))


def split(sizes: FloatArray, partners: IntArray, first: int, end: int, pivot: Any, with_equal: bool) -> int:
    """Bring what is above the pivot to the front of a stretch: where that ends.

    Every number is moved, whether it has to be or not: a processor cannot foresee which have to.
    """
    middle = first
    for k in range(first, end):
        size, partner = sizes[k], partners[k]
        sizes[k], partners[k] = sizes[middle], partners[middle]
        sizes[middle], partners[middle] = size, partner
        middle += size >= pivot if with_equal else size > pivot
    return middle


def insert_each(sizes: FloatArray, partners: IntArray, n: int) -> None:
    """Move each number up to its place among those before it."""
    for k in range(1, n):
        size, partner = sizes[k], partners[k]
        at = k
        while at > 0 and sizes[at - 1] < size:
            sizes[at], partners[at] = sizes[at - 1], partners[at - 1]
            at -= 1
        sizes[at], partners[at] = size, partner
