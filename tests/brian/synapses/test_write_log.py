"""What synapses booked, write by write, in a file."""

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, Synapses, defaultclock, ms, mV, seed

from bioplast.brian import PlasticSynapses, WriteLog, checkpoint
from bioplast.errors import RequestError


def make_network(rule, model="w : volt\nu : 1", **options):
    defaultclock.dt = 1 * ms
    seed(3)
    rng = np.random.default_rng(3)
    times, cells = np.nonzero(rng.random((40, 6)) < 0.2)
    source = SpikeGeneratorGroup(6, cells, (times + 1) * ms)
    target = NeuronGroup(4, "v : 1", threshold="(t_in_timesteps + i)%3 == 0", reset="")
    options = {
        "proposals": {"pre": "(1 + i - j + 0.1*u)*mV", "post": "-0.5*mV"},
        "unit": mV,
        "every": 5 * ms,
        "bounds": (-20 * mV, 20 * mV),
    } | options
    synapses = PlasticSynapses(source, target, model, plasticity=rule, **options)
    synapses.connect()
    synapses.u = "(i*7 + j*3)%5"
    return synapses, Network(source, target, synapses)


def check(synapses, log, chosen):
    """The log has what the books of the chosen synapses have, in time, and leads to the weights."""
    writes = log.read()
    assert np.all(np.diff(writes["t"]) >= 0)
    i, j = synapses.i[:], synapses.j[:]
    n_chosen = 0
    for number in np.flatnonzero(chosen(i, j)):
        own = writes[(writes["i"] == i[number]) & (writes["j"] == j[number])]
        assert len(own) == synapses.m0[number]
        np.testing.assert_allclose(np.abs(own["change"]).sum(), synapses.m1[number] / mV, rtol=1e-12)
        if len(own):
            names = synapses.variables.keys()
            kept = synapses.w_consolidated if "plasticity_consolidated" in names else synapses.w
            assert own["weight"][-1] == pytest.approx(kept[number] / mV, rel=1e-12)
            np.testing.assert_allclose(np.diff(own["weight"]), own["change"][1:], rtol=1e-9)
        n_chosen += len(own)
    assert len(writes) == n_chosen > 0


RULES = ["plain", "above(2)", "largest(0.3)", "cache(4, 0.1)", "largest(0.3) + cache(4)"]


@pytest.mark.parametrize("rule", RULES)
def test_a_log_has_what_is_booked(rule, tmp_path):
    synapses, network = make_network(rule)
    log = WriteLog(synapses, tmp_path / "writes", "i < 4 and j != 1")
    network.run(40 * ms)
    check(synapses, log, lambda i, j: (i < 4) & (j != 1))


@pytest.mark.long
@pytest.mark.parametrize("target", ["cython"], indirect=True)
def test_all_synapses_in_compiled_code(target, tmp_path):
    synapses, network = make_network("largest(0.3) + cache(4)", proposals={"pre": "(1 + i - j)*mV"})
    log = WriteLog(synapses, tmp_path / "writes")
    network.run(40 * ms)
    check(synapses, log, lambda i, j: i >= 0)


def test_weights_that_drift(tmp_path):
    model = "dw/dt = (i - 2)*mV/ms : volt (clock-driven)\nu : 1"
    options = {"proposals": None, "counts": 8 * mV, "method": "euler", "bounds": None}
    synapses, network = make_network("plain", model, **options)
    log = WriteLog(synapses, tmp_path / "writes", "i != 3")
    network.run(40 * ms)
    writes = log.read()
    assert len(writes) == synapses.m0[:][synapses.i[:] != 3].sum() > 0
    assert set(writes["i"]) == {0, 1, 4, 5}
    assert np.abs(writes["change"]).min() >= 8


@pytest.mark.slow
def test_a_program_writes_the_same_and_goes_on(standalone, tmp_path):
    file = tmp_path / "checkpoint"
    checkpoint(file, every=13 * ms)
    synapses, network = make_network("cache(4, 0.1)")
    log = WriteLog(synapses, tmp_path / "writes", "i < 4")
    network.run(40 * ms)
    standalone(as_brian_does=False)
    check(synapses, log, lambda i, j: i < 4)
    whole = log.read()
    checkpoint(file)  # written last at 39 ms
    from brian2 import device

    device.run(with_output=False)
    np.testing.assert_array_equal(log.read(), whole)


def test_requests(tmp_path):
    synapses, _ = make_network("plain")
    with pytest.raises(RequestError, match=r"'x' is not plastic; there is w"):
        WriteLog(synapses, tmp_path / "writes", weight="x")
    with pytest.raises(RequestError, match=r"WriteLog: .* cannot be written \(Is a directory\)"):
        WriteLog(synapses, tmp_path)
    assert isinstance(synapses, Synapses)
