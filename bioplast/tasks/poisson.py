"""Counter-based random numbers: the same spikes on every device, in any order, from any trial on.

A uniform number is a hash of (seed, stream, trial, step, unit), so a run that is cut into chunks,
resumed or evaluated in between draws what an uncut one draws, and Brian2 in C++, in Python and the
Numba kernel all see the same spikes. The hash is lowbias32 (C. Wellons, hash-prospector, public domain).
"""

import numpy as np
from numpy.typing import NDArray

_GOLDEN = 0x9E3779B9


def mix(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A bijection of the 32-bit numbers whose every output bit depends on every input bit."""
    x = x.astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def trial_keys(key: int, stream: int, trials: NDArray[np.int64]) -> NDArray[np.uint32]:
    """One 32-bit key per trial number, from the run's key (``randomness.make_key``) and the stream."""
    base = mix(np.array([(key + stream * _GOLDEN) & 0xFFFFFFFF], np.uint32))
    return mix(base + trials.astype(np.uint32) * np.uint32(_GOLDEN))


def uniform(trial_key: int, counters: NDArray[np.int64]) -> NDArray[np.float64]:
    """Uniform numbers in [0, 1), one per counter; a counter is ``step * n_units + unit``."""
    bits = mix(np.uint32(trial_key) + counters.astype(np.uint32) * np.uint32(_GOLDEN))
    return bits / 2.0**32
