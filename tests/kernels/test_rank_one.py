"""The k-th largest of a rank-one change against a partition of the whole matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioplast.backends.numeric.arrays import make_arrays
from bioplast.backends.numeric.compiled import compiled
from bioplast.energy import Books
from bioplast.kernels.rank_one import find_cutoff
from bioplast.kernels.write_loops import sort_columns
from bioplast.network import Layer


def search(synapses, n_rows, rank):
    """As a rule does it: sort, then search."""
    return find_cutoff(synapses, n_rows, sort_columns(synapses), rank)


def check(pre, step, plastic, rank):
    weights = np.zeros((pre.size, step.size), pre.dtype)
    synapses = make_arrays(Layer("input->hidden", weights, plastic, Books.open(weights)))
    active = np.flatnonzero((pre != 0) & synapses.row_is_plastic)
    synapses.rows[: active.size] = active
    synapses.pre[:] = pre
    synapses.step[:] = step
    sizes = np.abs(pre[:, np.newaxis] * step)[plastic]
    expected = np.partition(sizes, sizes.size - rank)[sizes.size - rank]
    assert compiled(search)(synapses, active.size, rank) == expected


few = st.sampled_from([0.0, 0.25, 0.5, 1.0, -1.0, 3.0])  # many ties
many = st.floats(-10, 10, width=32)


@given(st.data(), st.sampled_from([few, many]), st.booleans(), st.sampled_from(["float32", "float64"]))
def test_equals_partition(data, numbers, with_gaps, dtype):
    pre = np.array(data.draw(st.lists(numbers, min_size=1, max_size=9)), dtype)
    step = np.array(data.draw(st.lists(numbers, min_size=1, max_size=7)), dtype)
    plastic = np.ones((pre.size, step.size), bool)
    if with_gaps:
        gaps = data.draw(st.lists(st.booleans(), min_size=plastic.size, max_size=plastic.size))
        plastic = np.array(gaps).reshape(plastic.shape)
        plastic.flat[data.draw(st.integers(0, plastic.size - 1))] = True
    check(pre, step, plastic, data.draw(st.integers(1, int(plastic.sum()))))


@pytest.mark.parametrize("fraction", [0.001, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_partition_in_a_layer_of_full_size(fraction, dtype):
    rng = np.random.default_rng(0)
    for _ in range(20):
        pre = (rng.integers(0, 256, 785) * (rng.random(785) < 0.19) / 255).astype(dtype)
        step = (rng.standard_normal(100) * (rng.random(100) < 0.5)).astype(dtype)
        check(pre, step, np.ones((785, 100), bool), int(fraction * 78_500))
