"""Machine code is kept under all that it depends on."""

from typing import NamedTuple

import numpy as np

from bioplast.backends.numeric.compiled import compiled


class Pair(NamedTuple):
    first: float
    second: float


class Swapped(NamedTuple):
    second: float
    first: float


Swapped.__name__ = Swapped.__qualname__ = "Pair"  # as the class is called after its fields were swapped


def take_first(pair, out):
    out[0] = pair.first


def test_machine_code_of_other_fields_is_not_taken_for_this():
    """Fields of one type in another order make the same signature, and another place to read from."""
    out = np.zeros(1)
    for pair in (Pair(1.0, 2.0), Swapped(second=2.0, first=1.0)):
        for _ in range(2):  # compiled, and then from the disk
            compiled.__globals__["_compile"].cache_clear()
            out[0] = 0
            compiled(take_first)(pair, out)
            assert out[0] == 1
