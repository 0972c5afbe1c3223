"""The worked examples run in a small form, and what they print is what energy can be."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from brian2 import defaultclock, prefs, second

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
GALLERY = [
    "stdp",
    "triplets",
    "inhibition",
    "voltage",
    "digits",
    "calcium",
    "tagging",
    "reward",
    "perceptron",
]


@pytest.fixture(autouse=True)
def settings_of_brian():
    """The examples are too short here for compiled code to pay; their time steps are their own."""
    before = prefs.codegen.target, float(defaultclock.dt_)
    prefs.codegen.target = "numpy"
    yield
    prefs.codegen.target, defaultclock.dt = before[0], before[1] * second


def load(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(energy):
    assert energy.m0 >= energy.m0_min > 0
    assert energy.m1 >= energy.m1_min * (1 - 1e-12) > 0


def test_stdp(tmp_path, capsys):
    plain, cached, largest = run_gallery("stdp", tmp_path, capsys, seconds=0.5).values()
    for energy in (plain, cached, largest):
        check(energy)
    # All three see about the same spikes: what is waited for costs less, and choosing leaves less.
    assert largest.m0 < cached.m0 < plain.m0 / 5
    assert largest.m1 < cached.m1 < plain.m1
    assert plain.maintenance == 0 < largest.maintenance


def test_perceptron(tmp_path, capsys):
    results = run_gallery("perceptron", tmp_path, capsys, n_patterns=10, n_epochs=8)
    for energy, right in results.values():
        check(energy)
        assert right >= 0.8  # after so few epochs
    spent = {rule: energy.m1 + energy.maintenance for rule, (energy, _) in results.items()}
    assert min(spent.values()) < 0.7 * spent["plain"]
    # The higher the threshold, the less is consolidated in vain.
    ratios = [energy.inefficiency_m1 for energy, _ in results.values()]
    assert ratios[0] > ratios[1] > ratios[-1] >= 1


def test_digits(tmp_path, capsys):
    energy = run_gallery("digits", tmp_path, capsys, n_cells=4, n_images=3)["plain"]
    check(energy)
    assert energy.m0 >= 3 * 784 * 4 / 2  # weights are normalized three times


def run_gallery(name, tmp_path, capsys, **small):
    """The energies of a short run, which prints a line for each and draws a figure."""
    figure = tmp_path / f"{name}.png"
    energies = load(name).main(str(figure), **small)
    assert figure.stat().st_size > 0
    assert capsys.readouterr().out.count("Energy(") == len(energies)
    return energies


def test_inhibition(tmp_path, capsys):
    plain, cached = run_gallery("inhibition", tmp_path, capsys, seconds=1.5).values()
    check(plain)
    check(cached)
    assert cached.m1 < plain.m1
    assert cached.m0 < plain.m0 / 5


def test_triplets(tmp_path, capsys):
    module = load("triplets")
    net, m1, energy = module.run("plain", np.array([5, 50]), 10)
    check(energy)
    # Pre before post potentiates, post before pre depresses at low frequency only.
    assert net[0, 0] > 0 > net[1, 0]
    assert net[1, 1] > net[1, 0]
    np.testing.assert_array_less(np.abs(net), m1 + 1e-12)
    # At low frequency changes of the two kinds do not meet, so nothing is undone.
    assert m1[1, 0] == pytest.approx(-net[1, 0], rel=0.02)
    assert m1[0, 1] > 1.5 * net[0, 1]
    run_gallery("triplets", tmp_path, capsys, frequencies=(20, 50), n_pairs=3)


def test_voltage(tmp_path, capsys):
    plain, cached = run_gallery("voltage", tmp_path, capsys, means=(-74, -66, -54), seconds=1.0).values()
    check(plain)
    assert cached.m1 < plain.m1
    net, _, _ = load("voltage").run("plain", np.array([-74.0, -50.0]), 1.0)
    assert net[0] < 0 < net[1]  # depression far below, potentiation near the upper threshold


def test_calcium(tmp_path, capsys):
    small = {"lags": (-20, 20), "n_synapses": 30, "n_pairs": 20}
    every, coarse, other = run_gallery("calcium", tmp_path, capsys, **small).values()
    assert every.m0 > 10 * coarse.m0 > 0
    assert every.m1 > coarse.m1 >= coarse.m1_min > 0
    assert every.m1 > other.m1 > 0
    before, after = load("calcium").run(None, np.array([-20, 20]), 100, 20)[0]
    assert before < after


def test_reward(tmp_path, capsys):
    plain, cached = run_gallery("reward", tmp_path, capsys, seconds=20.0).values()
    check(plain)
    assert cached.m1 < plain.m1 / 1.2
    monitor, _ = load("reward").run("plain", 20.0)
    assert monitor.w[0, -1] > monitor.w[1:, -1].max()


def test_tagging(tmp_path, capsys):
    energies = run_gallery("tagging", tmp_path, capsys, minutes_before=(1, 20))
    for energy in energies.values():
        check(energy)
    # What is near a strong stimulus is captured as well, by proteins or by the cell's consolidation.
    assert energies["capture, 1 min"].m0 > energies["capture, 20 min"].m0
    near, far = load("tagging").run(1)[0], load("tagging").run(20)[0]
    assert near[0, -1] > far[0, -1] == 0
    assert near[3, -1] == pytest.approx(far[3, -1], rel=0.01)


@pytest.mark.parametrize("name", GALLERY)
def test_an_example_of_the_gallery_is_short(name):
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_every_example_is_tested_here():
    rest = {"e_prop"}  # which has its own test
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*GALLERY, *rest}
    assert all(f"test_{name}" in globals() for name in GALLERY)
