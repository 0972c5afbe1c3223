"""One integer seed, one independent stream of random numbers per purpose."""

import numpy as np

PURPOSES = (
    "weights",
    "order",
    "spikes",
    "masks",
    "split",
    "selection",
    "encoding",
    "patterns",
    "feedback",
    "signs",
    "trials",
    "connections",
)


def make_sequence(seed: int, purpose: str) -> np.random.SeedSequence:
    """The child of ``seed`` for one purpose.

    The same seed gives the same child to every network, so all of them see the same
    images in the same order, and ``ann`` and ``rate`` start from the same weights.
    A new purpose goes to the end of ``PURPOSES``: the older streams stay as they are.
    """
    return np.random.SeedSequence(entropy=seed, spawn_key=(PURPOSES.index(purpose),))


def make_rng(seed: int, purpose: str) -> np.random.Generator:
    """A generator over the child of ``seed`` for one purpose."""
    return np.random.default_rng(make_sequence(seed, purpose))


def make_key(seed: int, purpose: str) -> int:
    """A 32-bit key for counter-based random numbers (see ``bioplast.tasks.poisson``)."""
    return int(make_sequence(seed, purpose).generate_state(1, np.uint32)[0])
