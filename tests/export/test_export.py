"""What other tools get: the same numbers, under the names that are documented."""

import json
from pathlib import Path

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.export.dataset import make_dataset, write_npz
from bioplast.export.neo_blocks import make_block
from bioplast.export.nir_graph import make_nir
from bioplast.export.optional import need
from bioplast.export.tables import write_table
from bioplast.training.config import RunConfig
from bioplast.training.run import set_up
from bioplast.training.trained import Trained

ROOT = Path(__file__).parents[2]
ARRAYS = {
    "input->hidden/weights": np.arange(6.0).reshape(3, 2),
    "input->hidden/m0": np.array([[1, 0], [2, 3], [0, 0]], np.uint8),
    "hidden->output/weights": np.ones((3, 2)),
}
SPIKES = {
    "trial": np.array([4, 4, 9, 9]),
    "population": np.array(["input", "hidden", "hidden", "hidden"]),
    "cell": np.array([7, 1, 1, 0]),
    "time_ms": np.array([3.0, 5.0, 2.0, 8.0]),
}


def test_npz_has_the_arrays_and_the_record(make_run, tmp_path):
    run = make_run(seed=7)
    write_npz(run, ARRAYS, tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as file:
        assert set(file) == {*ARRAYS, "record"}
        np.testing.assert_array_equal(file["input->hidden/m0"], ARRAYS["input->hidden/m0"])
        assert json.loads(str(file["record"]))["seed"] == 7


def test_dataset_names_populations_and_units(make_run):
    pytest.importorskip("xarray")
    dataset = make_dataset(make_run(seed=7), ARRAYS)
    weights = dataset["input_to_hidden_weights"]
    assert weights.dims == ("input_and_bias", "hidden")
    np.testing.assert_array_equal(weights, ARRAYS["input->hidden/weights"])
    assert dataset["input_to_hidden_m0"].attrs["units"] == "writes"
    assert dataset.sizes == {"input_and_bias": 3, "hidden": 2, "hidden_and_bias": 3, "output": 2}
    assert json.loads(dataset.attrs["record"])["seed"] == dataset.attrs["seed"] == 7


def test_table_is_the_same_in_both_formats(tmp_path):
    for name in ("spikes.csv", "spikes.npz"):
        write_table(SPIKES, tmp_path / name)
    lines = (tmp_path / "spikes.csv").read_text().splitlines()
    assert lines[:2] == ["trial,population,cell,time_ms", "4,input,7,3.0"]
    with np.load(tmp_path / "spikes.npz") as file:
        for name, column in SPIKES.items():
            np.testing.assert_array_equal(file[name], column)


def test_block_has_a_train_a_cell_and_an_epoch_a_trial():
    pytest.importorskip("neo")
    (segment,) = make_block(SPIKES, 60.0, key="abc").segments
    found = {
        (train.annotations["population"], train.annotations["cell"]): train.magnitude.tolist()
        for train in segment.spiketrains
    }
    assert found == {("input", 7): [3.0], ("hidden", 1): [5.0, 62.0], ("hidden", 0): [68.0]}
    (trials,) = segment.epochs
    assert trials.labels.tolist() == ["4", "9"]
    assert trials.times.magnitude.tolist() == [0.0, 60.0]


def make_trained(patterns, **options):
    config = RunConfig("spiking", hidden=4, task=str(patterns), device="runtime", options=options)
    setup = set_up(config, project=ROOT)
    state = setup.model.initial_state(3)
    state.layers[0].weights[...] *= 10  # so that hidden cells fire
    return Trained(None, setup, state)


def simulate(graph, trains):
    """(n_steps, n_cells), spikes of the NIR graph's hidden cells by its own equations, exact between spikes.

    Cells are at rest when the first step has begun, and reset by subtraction.
    """
    hidden, synapses = graph.nodes["hidden"], graph.nodes["input_to_hidden"]
    step = graph.metadata["time_step"]
    v = np.zeros(len(hidden.tau))
    spikes = np.zeros((len(trains), len(v)), bool)
    for number, train in enumerate(trains):
        if number:
            v = hidden.v_leak + (v - hidden.v_leak) * np.exp(-step / hidden.tau)
        spikes[number] = v > hidden.v_threshold
        # A pulse that lasts a step moves v by R w dt/tau.
        v = v - hidden.v_threshold * spikes[number] + synapses.weight @ train * hidden.r * step / hidden.tau
    return spikes


def test_nir_graph_spikes_as_the_network_does(patterns):
    pytest.importorskip("nir")
    trained = make_trained(patterns)
    graph = make_nir(trained)
    table = trained.record("spikes", [0])
    n_steps, n_inputs = trained.setup.model.n_steps, 17
    shown = table["population"] == "input"
    steps = table["time_ms"].astype(int)
    trains = np.zeros((n_steps, n_inputs))
    trains[steps[shown], table["cell"][shown]] = 1
    spikes = simulate(graph, trains)
    expected = np.zeros((n_steps, 5), bool)
    expected[steps[~shown], table["cell"][~shown]] = True
    n_stimulus = graph.metadata["steps"]
    assert expected[:, :4].any()
    np.testing.assert_array_equal(spikes[1 : n_stimulus + 1], expected[1 : n_stimulus + 1])


def test_nir_graph_survives_its_file(patterns, tmp_path):
    nir = pytest.importorskip("nir")
    graph = make_nir(make_trained(patterns))
    nir.write(tmp_path / "net.nir", graph)
    read = nir.read(tmp_path / "net.nir")
    assert set(read.nodes) == set(graph.nodes)
    assert set(map(tuple, read.edges)) == set(graph.edges)
    np.testing.assert_array_equal(read.nodes["input_to_hidden"].weight, graph.nodes["input_to_hidden"].weight)


def test_nir_has_no_refractory_cells(patterns):
    pytest.importorskip("nir")
    with pytest.raises(RequestError, match="nir: has no refractory cells, and tau_refrac_ms is 2"):
        make_nir(make_trained(patterns, tau_refrac_ms=2.0))


def test_a_package_that_is_missing_is_named():
    with pytest.raises(RequestError, match=r"the package no_such_one: pip install 'bioplast\[export\]'"):
        need("no_such_one.part", "nir")
