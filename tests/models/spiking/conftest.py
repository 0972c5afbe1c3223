"""A small spiking network that fires often, and what it is shown."""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials

SPIKING = load_module("model", "spiking", Path(__file__).parents[3]).SpikingNetwork

# No setting is the default.
SETTINGS = {
    "n_stimulus": 40,
    "p_input": 0.3,
    "tau_m_ms": 15.0,
    "v_thresh": 1.25,
    "gamma": 0.4,
    "learning_rate": 0.4,
    "learning_rate_output": 0.2,
    "sd_hidden": 0.5,
    "sd_output": 0.3,
    "sd_between": 0.4,
}
N_PIXELS, N_HIDDEN, N_CLASSES = 16, 12, 3


@pytest.fixture(scope="session")
def make_network():
    """A function that makes it, with other settings where they are given."""

    def make(rule="plain", device="cpp_standalone", hidden=N_HIDDEN, **settings):
        plasticity = Plasticity.parse(rule)
        return SPIKING(N_PIXELS, N_CLASSES, hidden, plasticity, device, "float64", **SETTINGS | settings)

    return make


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (9, N_PIXELS)) * (rng.random((9, N_PIXELS)) < 0.7)
    return Images(pixels.astype(np.uint8), (np.arange(9) % N_CLASSES).astype(np.uint8))


@pytest.fixture(scope="module")
def trials(images):
    return Trials(images, np.array([3, 1, 4, 1, 5, 8, 2, 6]), first=20)
