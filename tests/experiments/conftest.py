"""Runs of the artificial network that were never carried out."""

import made_up
import pytest


@pytest.fixture
def make_run():
    """A function that makes the record of a run of the ANN from the few values a test cares about."""

    def make(rule="plain", hidden=100, seed=1, *, m0=100.0, **values):
        least = {"m0_min": m0 / 4, "inefficiency_m0": 4.0}
        defaults = {"protocol": "paper", "encoding": "paper", "trace": [], "energy": least}
        return made_up.make_run("ann", rule, seed, m0=m0, **defaults | {"hidden": hidden} | values)

    return make
