"""A compiled program that stops, is written to a file and goes on from it, bit for bit."""

from pathlib import Path

import numpy as np
import pytest
from brian2 import (
    DimensionMismatchError,
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    defaultclock,
    device,
    get_device,
    ms,
    mV,
    prefs,
    seed,
    set_device,
)

from bioplast.backends.programs.compile import compile_source
from bioplast.brian import PlasticSynapses, checkpoint
from bioplast.errors import RequestError


@pytest.fixture
def standalone(tmp_path):
    set_device("cpp_standalone", build_on_run=False)
    yield tmp_path
    device.reinit()
    set_device("runtime")


def make_model():
    """Noise, random delays and connections, two clocks, monitors of all kinds, books; two runs."""
    seed(7)
    defaultclock.dt = 0.1 * ms
    inputs = PoissonGroup(15, 80 * Hz)
    given = SpikeGeneratorGroup(2, [0, 1, 0], [3, 31, 44] * ms)
    drive = TimedArray(np.linspace(0, 1, 8), dt=10 * ms)
    equation = "dv/dt = (drive(t) - v + 0.1*xi*sqrt(20*ms))/(20*ms) : 1"
    cells = NeuronGroup(8, equation, threshold="v > 1", reset="v = 0", method="euler")
    noisy = Synapses(inputs, cells, "w : 1", on_pre="v_post += w*rand()")
    noisy.connect(p=0.5)
    noisy.w = "0.3*rand()"
    noisy.delay = "15*ms*rand()"
    learning = PlasticSynapses(
        given,
        cells,
        "w : 1",
        on_pre="v_post += w",
        proposals={"pre": "0.1*randn()"},
        plasticity="largest(0.2)",
        every=5 * ms,
        delay=2 * ms,
    )
    learning.connect()
    monitors = (
        SpikeMonitor(cells),
        PopulationRateMonitor(cells),
        StateMonitor(cells, "v", True, dt=0.7 * ms),
    )
    network = Network(inputs, given, cells, noisy, learning, *monitors)
    network.run(30 * ms, namespace={"drive": drive})
    cells.v = "rand()"
    network.run(50 * ms, namespace={"drive": drive})
    return network, cells, monitors[0]


def build(folder):
    device.build(directory=str(folder / "program"), compile=False, run=False)
    compile_source(folder / "program")


def go(folder, name):
    """The files of results of a run."""
    device.run(results_directory=name, with_output=False)
    files = (folder / "program" / name).iterdir()
    return {
        file.name: file.read_bytes() for file in files if file.name not in ("last_run_info.txt", "stdout.txt")
    }


def test_goes_on_bit_for_bit(standalone, capsys):
    file = standalone / "run.checkpoint"
    checkpoint(file)
    _, cells, spikes = make_model()
    build(standalone)
    whole = go(standalone, "whole")
    assert not file.exists()
    assert capsys.readouterr().err == ""
    assert len(spikes.t) > 5
    for time in (12.3, 30, 61.1):  # in the first run, between the two, in the second
        checkpoint(file, stop=time * ms)
        begun = go(standalone, "begun")
        assert cells.clock.t / ms == pytest.approx(time)
        assert begun != whole
        begun = go(standalone, "begun")  # once more: there is nothing left to do
        assert cells.clock.t / ms == pytest.approx(time)
        checkpoint(file)
        assert go(standalone, "ended") == whole
        assert f"goes on from {file}" in capsys.readouterr().err
        file.unlink()
    checkpoint(file, every=25 * ms)
    assert go(standalone, "often") == whole
    checkpoint(file)
    assert go(standalone, "last") == whole
    assert not list(standalone.glob("*.part"))


def test_another_model_is_refused(standalone):
    file = standalone / "run.checkpoint"
    file.write_bytes(b"bioplast checkpoint 1 of something else")
    checkpoint(file)
    cells = NeuronGroup(1, "dv/dt = -v/(10*ms) : 1", method="exact")
    Network(cells).run(1 * ms)
    with pytest.raises(
        RequestError, match=r"checkpoint .*run.checkpoint: is one of another model; delete it"
    ):
        device.build(directory=str(standalone / "program"), compile=False, run=False)


def test_what_has_no_checkpoints_is_refused(standalone):
    for name in ("every", "stop"):
        with pytest.raises(DimensionMismatchError, match=f"checkpoint: {name} is no time"):
            checkpoint("file", **{name: 1 * mV})
        with pytest.raises(RequestError, match=f"checkpoint: {name} must be above 0 s, got 0. s"):
            checkpoint("file", **{name: 0 * ms})
    prefs.devices.cpp_standalone.openmp_threads = 2
    with pytest.raises(RequestError, match="checkpoint: OpenMP must be off"):
        checkpoint("file")
    prefs.devices.cpp_standalone.openmp_threads = 0
    cells = NeuronGroup(1, "dv/dt = -v/(10*ms) : 1", method="exact")
    Network(cells).run(1 * ms)
    device.build(directory=str(standalone / "program"), compile=False, run=False)
    with pytest.raises(RequestError, match=r"built without checkpoints; say it before device.build"):
        checkpoint("file")
    assert "checkpoint" not in Path(standalone / "program" / "network.cpp").read_text()


def test_the_next_model_has_none(standalone):
    checkpoint("file")
    device.reinit()
    assert "generate_network_source" not in vars(get_device())


def test_runtime_is_refused():
    with pytest.raises(RequestError, match=r"for C\+\+ standalone; say set_device\('cpp_standalone'\)"):
        checkpoint("file")
