import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioplast.kernels.ordering import find_largest


@given(st.data(), st.sampled_from([st.integers(0, 3), st.floats(-1, 1)]))
def test_equals_sorting(data, numbers):
    values = np.array(data.draw(st.lists(numbers, min_size=1, max_size=20)), float)
    n = data.draw(st.integers(1, values.size))
    rank = data.draw(st.integers(1, n))
    expected = np.sort(values[:n])[n - rank]
    assert find_largest(values.copy(), n, rank) == expected
