"""Runs made up for the analysis, with numbers that a test can work out by hand."""

import pytest

from bioplast.training.record import Run


@pytest.fixture
def make_run():
    """A function that makes a run's record and trace from the few values a test cares about."""

    def make(model="ann", rule="plain", seed=1, *, m0=100, m1=10.0, converged=True, **changes):
        record = {
            "model": model,
            "rule": rule,
            "seed": seed,
            "hidden": 100,
            "task": "mnist",
            "protocol": "standard",
            "samples": 4000,
            "converged": converged,
            "diverged": False,
            "accuracy": {"online": 0.94, "validation": 0.95, "test": 0.96},
            "energy": {"m0": m0, "m1": m1, "m0_min": 50, "layers": {"input->hidden": {"m0": m0}}},
            "signalling": {"macs": 7},
            "images_per_second": 1000.0,
            "encoding": "rates",
            "goal": 0.95,
            "key": f"{model}-{rule}-{seed}",
        }
        trace = [
            {"samples": 2000, "online": 0.8, "m0": m0 // 2, "m1": m1 / 2},
            {"samples": 4000, "online": 0.94, "m0": m0, "m1": m1},
        ]
        return Run(record | changes, trace)

    return make
