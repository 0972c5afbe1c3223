"""Random patterns in two classes: nothing to generalise, so the capacity of a perceptron is known."""

import numpy as np

from bioplast.errors import RequestError
from bioplast.randomness import make_rng
from bioplast.tasks.task import Images, Task


def make_patterns(n_inputs: int, n_patterns: int, *, seed: int) -> Task:
    """Patterns whose inputs are on or off, and whose class is 0 or 1, all with probability one half.

    What is tested on is what is learned from.

    Parameters
    ----------
    n_inputs, n_patterns : numbers of inputs and of patterns, at least 1
    seed : the run's seed; the patterns come from its ``patterns`` stream

    Returns
    -------
    task : with pixels that are 0 or 255, (n_patterns, n_inputs)

    Raises
    ------
    RequestError : a number below 1
    """
    for name, value in (("n_inputs", n_inputs), ("n_patterns", n_patterns)):
        if value < 1:
            raise RequestError(f"patterns.{name}: must be at least 1, got {value}")
    rng = make_rng(seed, "patterns")
    pixels = rng.integers(0, 2, (n_patterns, n_inputs), np.uint8) * np.uint8(255)
    images = Images(pixels, rng.integers(0, 2, n_patterns, np.uint8))
    for array in (images.pixels, images.labels):
        array.flags.writeable = False
    return Task(f"patterns({n_inputs}, {n_patterns})", images, images, 2, (1, n_inputs))
