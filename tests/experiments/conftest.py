"""Runs made up for analyses, with numbers that a test can work out by hand."""

import pytest

from bioplast.plasticity import Plasticity
from bioplast.training.record import Run


@pytest.fixture
def make_run():
    """A function that makes the record of a run of the ANN from the few values a test cares about."""

    def make(rule="plain", hidden=100, seed=1, *, m0=100.0, m1=10.0, samples=4000, converged=True, **changes):
        energy = {"m0": m0, "m1": m1, "m0_min": m0 / 4, "m1_min": m1 / 2, "layers": {}}
        energy |= {"inefficiency_m0": 4.0, "inefficiency_m1": 2.0}
        record = {
            "model": "ann",
            "rule": str(Plasticity.parse(rule)),
            "seed": seed,
            "hidden": hidden,
            "task": "mnist",
            "protocol": "paper",
            "samples": samples,
            "converged": converged,
            "diverged": False,
            "accuracy": {"online": 0.94, "validation": 0.95, "test": 0.96},
            "energy": energy,
            "signalling": {},
            "encoding": "paper",
            "goal": 0.95,
            "key": f"{rule}-{hidden}-{seed}",
        }
        return Run(record | changes)

    return make
