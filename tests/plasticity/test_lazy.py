import math

import numpy as np
import pytest

from bioplast.plasticity.lazy import Lazy, opens_lazily

OUTPUT = np.array([0.0, math.log(3.0), 0.0])  # the winner's probability is 3 / 5


@pytest.mark.parametrize(
    ("confidence", "label", "opens"),
    [(0, 1, False), (0, 0, True), (0.59, 1, False), (0.61, 1, True), (0.61, 2, True)],
)
def test_learns_from_what_is_wrong_or_unsure(confidence, label, opens):
    lazy = Lazy(confidence)
    assert lazy.opens(OUTPUT, label) is opens
    assert bool(opens_lazily(OUTPUT, 1, label, np.array(lazy.fast().parameters, float))) is opens
