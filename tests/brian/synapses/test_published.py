"""Ten published models: under ``plain`` as Brian2 alone, and each synapse as in a replay of proposals."""

import numpy as np
import pytest
from brian2 import Network, StateMonitor, defaultclock, device, ms, seed, set_device
from brian_alone import Alone
from published import MODELS
from replayed import replay

from bioplast.backends.programs.compile import compile_source
from bioplast.brian import PlasticSynapses

STEP, EVERY, LENGTH = 0.5, 20, 300  # ms
NAMES = [model.__name__ for model in MODELS]


def make_plain(*arguments, **options):
    return PlasticSynapses(*arguments, plasticity="plain", **options)


def get_weight(synapses):
    return np.array(synapses.variables["w" if "w" in synapses.variables else "wij"].get_value())


@pytest.fixture(autouse=True)
def a_long_step():
    before = defaultclock.dt
    defaultclock.dt = STEP * ms
    yield
    defaultclock.dt = before


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_plain_is_brian2_alone_with_numpy(model):
    weights = []
    for make in (Alone, make_plain):
        seed(11)
        synapses, objects = model(make)
        first = get_weight(synapses)
        Network(synapses, *objects).run(LENGTH * ms)
        weights.append(get_weight(synapses))
        assert (weights[-1] != first).mean() > 0.5
    assert synapses.energy().m0 > 0
    np.testing.assert_array_equal(*weights)


@pytest.mark.long
def test_plain_is_brian2_alone_in_a_compiled_program(tmp_path):
    """All ten in one program, once with Brian2's synapses and once with these."""
    weights = []
    for make in (Alone, make_plain):
        folder = tmp_path / make.__name__
        set_device("cpp_standalone", build_on_run=False)
        try:
            seed(11)
            made = [model(make) for model in MODELS]
            Network(part for synapses, objects in made for part in (synapses, *objects)).run(LENGTH * ms)
            device.build(directory=str(folder), compile=False, run=False)
            compile_source(folder)
            device.run(str(folder), with_output=False)
            weights.append({name: get_weight(s) for name, (s, _) in zip(NAMES, made, strict=True)})
        finally:
            device.reinit()
            set_device("runtime")
    for name in NAMES:
        np.testing.assert_array_equal(weights[0][name], weights[1][name], err_msg=name)
        assert np.ptp(weights[0][name]) > 0


@pytest.mark.parametrize(("model", "threshold"), MODELS.items(), ids=NAMES)
def test_each_synapse_is_as_in_a_replay(model, threshold):
    rule, made = f"largest(0.4) + cache({threshold}, 0.05)", {}

    def make(*arguments, **options):
        made.update(options)
        return PlasticSynapses(*arguments, plasticity=rule, every=EVERY * ms, together=True, **options)

    seed(11)
    synapses, objects = model(make)
    log = StateMonitor(synapses, "plasticity_proposed", record=True, when="end", order=0)
    first = get_weight(synapses)
    Network(synapses, *objects, log).run(LENGTH * ms)

    unit = float(made.get("unit", 1))
    per_decision = round(EVERY / STEP)
    proposals = np.asarray(log.plasticity_proposed)[:, per_decision - 1 :: per_decision].T / unit
    bounds = [float(bound) / unit for bound in made.get("bounds", (-np.inf, np.inf))]
    books, weights, transient = replay(rule, proposals, first[:, np.newaxis] / unit, bounds=bounds)

    assert 0 < books.m0.sum() < np.count_nonzero(proposals)
    assert transient.any()
    acting = np.clip(weights + transient, *bounds)
    np.testing.assert_array_equal(synapses.plasticity_m0[:], books.m0[:, 0])
    for ours, theirs in (
        (synapses.plasticity_m1, books.m1),
        (get_weight(synapses), acting),
        (synapses.plasticity_transient, transient),
    ):
        np.testing.assert_allclose(np.asarray(ours) / unit, theirs[:, 0], rtol=0, atol=1e-12)
    assert np.sum(synapses.plasticity_maintenance) / unit == pytest.approx(books.maintenance, rel=1e-12)
