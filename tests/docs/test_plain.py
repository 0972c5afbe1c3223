"""Under ``plain`` each example is, bit for bit, the network of Brian2's own synapses."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from brian2 import NeuronGroup, defaultclock, device, prefs, second, set_device
from brian_alone import Alone

from bioplast.brian import PlasticSynapses

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
# Each in a short form; of several declarations it runs under plain.
SHORT = {
    "stdp": ("plain", 0.3),
    "triplets": ("plain", np.array([20, 50]), 3),
    "inhibition": ("plain", 0.3),
    "voltage": ("plain", np.array([-74, -66, -54]), 0.5),
    "digits": (4, 1),
    "calcium": (None, (-20, 20), 5, 5),
    "tagging": (1,),
    "reward": ("plain", 6.0),
    "perceptron": ("plain", 10, 2),
}
# Brian2 cannot record all synapses (record=True) in C++ standalone, as two examples do.
COMPILED = sorted(set(SHORT) - {"reward", "tagging"})


def run(monkeypatch, name, *, alone):
    """The weights that the example ends with."""
    made = []

    def make(*arguments, **options):
        kind = Alone if alone and options["plasticity"] == "plain" else PlasticSynapses
        synapses = kind(*arguments, **options)
        if options["plasticity"] == "plain":
            made.append((synapses, options.get("weight", "w")))
        return synapses

    spec = importlib.util.spec_from_file_location(f"plain_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PlasticSynapses", make)
    if alone:
        monkeypatch.setattr(module, "EnergyMonitor", lambda *_, **__: NeuronGroup(1, "m1 : 1"), raising=False)
    module.run(*SHORT[name])
    ((synapses, weight),) = made
    assert isinstance(synapses, Alone) == alone
    return np.array(synapses.variables[weight].get_value())


@pytest.fixture(autouse=True)
def settings_of_brian():
    before = prefs.codegen.target, float(defaultclock.dt_)
    prefs.codegen.target = "numpy"
    yield
    prefs.codegen.target, defaultclock.dt = before[0], before[1] * second


@pytest.mark.parametrize("name", SHORT)
def test_with_numpy(monkeypatch, name):
    theirs, ours = (run(monkeypatch, name, alone=alone) for alone in (True, False))
    np.testing.assert_array_equal(ours, theirs)
    assert np.ptp(ours) > 0


def test_all_examples_are_here():
    using = {p.stem for p in EXAMPLES.glob("*.py") if "PlasticSynapses(" in p.read_text(encoding="utf-8")}
    assert using == set(SHORT)


@pytest.mark.long
@pytest.mark.parametrize("name", COMPILED)
def test_in_a_compiled_program(monkeypatch, tmp_path, name):
    weights = []
    for alone in (True, False):
        set_device("cpp_standalone", directory=str(tmp_path / f"{alone}"))
        try:
            weights.append(run(monkeypatch, name, alone=alone))
        finally:
            device.reinit()
            set_device("runtime")
    np.testing.assert_array_equal(*weights)
    assert np.ptp(weights[0]) > 0
