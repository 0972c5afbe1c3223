"""Random bits for rules that draw: the same in the reference and in the kernel, in any chunk."""

import numpy as np
from numpy.typing import NDArray

from bioplast.network import State
from bioplast.randomness import make_key
from bioplast.tasks.poisson import trial_keys


def make_keys(state: State, n_trials: int) -> NDArray[np.int64]:
    """(n_trials, n_layers), 32 random bits of each of the next trials for each layer."""
    key = make_key(state.seed, "selection")
    trials = state.trial + np.arange(n_trials, dtype=np.int64)
    columns = [trial_keys(key, index, trials).astype(np.int64) for index in range(len(state.layers))]
    return np.column_stack(columns)
