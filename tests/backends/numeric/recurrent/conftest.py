"""A trial as kernels take it."""

import numpy as np
import pytest

from bioplast.backends.numeric.recurrent.trial import Trial


@pytest.fixture
def make_trial():
    """Makes a trial of counts of input spikes (n_steps, n_units)."""

    def make(x, answer_from):
        steps, units = (array.astype(np.int32) for array in np.nonzero(x))
        return Trial(len(x), answer_from, steps, units, label=0, series=np.zeros((0, 1)), tolerance=0.0)

    return make
