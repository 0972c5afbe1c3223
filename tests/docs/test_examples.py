"""The worked examples run in a small form, and what they print is what energy can be."""

import importlib.util
from pathlib import Path

import pytest
from brian2 import prefs

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(autouse=True)
def numpy_target():
    """The examples are too short here for compiled code to pay."""
    before = prefs.codegen.target
    prefs.codegen.target = "numpy"
    yield
    prefs.codegen.target = before


def load(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(energy):
    assert energy.m0 >= energy.m0_min > 0
    assert energy.m1 >= energy.m1_min * (1 - 1e-12) > 0


def test_stdp(capsys, tmp_path):
    figure = tmp_path / "weights.png"
    results = load("stdp").main(["--seconds", "0.5", "--figure", str(figure)])
    for energy in results.values():
        check(energy)
    plain, cached, largest = results.values()
    # All three see about the same spikes: what is waited for costs less, and choosing leaves less.
    assert largest.m0 < cached.m0 < plain.m0 / 5
    assert largest.m1 < cached.m1 < plain.m1
    assert plain.maintenance == 0 < largest.maintenance
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == list(results)
    assert figure.stat().st_size > 0


def test_perceptron(capsys, tmp_path):
    module, figure = load("perceptron"), tmp_path / "caching.png"
    results = module.main(["--patterns", "10", "--epochs", "8", "--figure", str(figure)])
    for energy, right in results.values():
        check(energy)
        assert right >= 0.8  # after so few epochs
    spent = {rule: energy.m1 + energy.maintenance for rule, (energy, _) in results.items()}
    assert min(spent.values()) < 0.7 * spent["plain"]
    # The higher the threshold, the less is consolidated in vain.
    ratios = [energy.inefficiency_m1 for energy, _ in results.values()]
    assert ratios[0] > ratios[1] > ratios[-1] >= 1
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(results)
    assert figure.stat().st_size > 0
