import numpy as np
import pytest

from bioplast import subnet
from bioplast.errors import RequestError
from bioplast.network import make_chain
from bioplast.plasticity.projection import ProjectionView


def test_paths_run_from_input_to_output():
    rng = np.random.default_rng(0)
    into = subnet(2).mask(ProjectionView.whole("input->hidden", (4, 3)), rng)
    readout = ProjectionView.whole("hidden->output", (4, 2), depth=1, is_readout=True)
    out_of = subnet(2).mask(readout, rng)
    np.testing.assert_array_equal(into, np.repeat([[1, 1, 0]], 4, axis=0))
    # The last row is the output's bias, which comes from no hidden unit.
    np.testing.assert_array_equal(out_of, [[1, 1], [1, 1], [0, 0], [0, 0]])


def test_no_larger_than_the_layer():
    subnet(10).check_sizes({"hidden": 10})
    with pytest.raises(RequestError, match=r"Subnet.units: must be at most the 10 hidden units, got 11"):
        subnet(11).check_sizes({"hidden": 10})
    subnet(10).check_sizes({"hidden1": 10, "hidden2": 12})
    with pytest.raises(RequestError, match=r"Subnet.units: must be at most the 10 units of hidden2, got 11"):
        subnet(11).check_sizes({"hidden1": 12, "hidden2": 10})


def test_plastic_synapses_form_paths_at_any_depth():
    """Every plastic synapse lies on a way of plastic synapses from an input to an output."""
    graph = make_chain(4, (5, 6, 7), 3)
    rng = np.random.default_rng(0)
    masks = [subnet(2).mask(graph.view(projection), rng) for projection in graph.projections]
    for index, mask in enumerate(masks):
        assert mask.sum() == [5 * 2, 2 * 2, 2 * 2, 2 * 3][index]
        for behind in masks[index + 1 : index + 2]:
            np.testing.assert_array_equal(mask.any(axis=0), behind[:-1].any(axis=1))
