"""The product whose bits depend on nothing but its factors."""

import itertools
import math
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bioplast.backends.numeric.product import N_COLUMNS, cut, multiply

ROOT = Path(__file__).parents[3]


def draw(shape, seed, dtype=np.float32):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(shape) * (rng.random(shape) < 0.6)).astype(dtype)


def round_once(value, dtype):
    """The number of ``dtype`` nearest to a fraction; no case here lies halfway between two."""
    near = dtype(float(value))
    candidates = (np.nextafter(near, dtype(-np.inf)), near, np.nextafter(near, dtype(np.inf)))
    return min(candidates, key=lambda one: abs(Fraction(float(one)) - value))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_terms_are_added_in_their_order_and_rounded_once(dtype):
    left, right = draw((3, 5), 1, dtype), draw((5, 2), 2, dtype)
    expected = np.zeros((3, 2), dtype)
    for i, k in np.ndindex(expected.shape):
        total = dtype(0)
        for j in range(5):
            exact = Fraction(float(left[i, j])) * Fraction(float(right[j, k])) + Fraction(float(total))
            total = round_once(exact, dtype)
        expected[i, k] = total
    np.testing.assert_array_equal(multiply(left, right), expected)


@pytest.mark.parametrize("n_terms", [1, 448, 449, 785, 896, 1000, 4096])
def test_blocks_cover_every_term_once(n_terms):
    ends = cut(n_terms)
    assert (ends[0], ends[-1]) == (0, n_terms)
    assert all(0 < last - first <= 448 for first, last in itertools.pairwise(ends))


def test_long_sums_are_those_of_their_blocks():
    left, right = draw((6, 785), 3), draw((785, N_COLUMNS + 3), 4)
    blocks = [multiply(left[:, a:b], right[a:b]) for a, b in ((0, 400), (400, 785))]
    np.testing.assert_array_equal(multiply(left, right), blocks[0] + blocks[1])
    exact = left.astype(np.float64) @ right.astype(np.float64)
    assert np.abs(multiply(left, right) - exact).max() < 785 * np.finfo(np.float32).eps * math.sqrt(785)


def test_written_either_way_it_is_the_same():
    left, right = draw((7, 90), 5), draw((90, 11), 6)
    np.testing.assert_array_equal(multiply(left, right), multiply(right.T, left.T).T)


RUN = """
from pathlib import Path
from bioplast.project import open_project
from bioplast.training import RunConfig, carry_out
import sys
config = RunConfig("ann", "subnet(10)", 40, seed=2, goal=1.0, max_samples=3000)
energy = carry_out(config, project=open_project(Path(sys.argv[1]))).record["energy"]
print(energy["m0"], energy["m1"])
"""


def test_frozen_units_give_one_number_whatever_the_threads():
    found = set()
    for threads in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(ROOT)],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
