"""The k-th largest change, in C++ and in Python, against a sorted list."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioplast.brian
from bioplast.backends.programs.compile import find_compiler
from bioplast.backends.programs.preferences import COMPILER_FLAGS
from bioplast.brian.selection import Candidates, make_selection_functions

SOURCE = """
#include "candidates.h"
template <class Real, unsigned n> static Real ask(const Real* changes, long n_changes, long k) {
    using Candidates = bioplast::Candidates<Real, n>;
    for (long i = 0; i < n_changes; ++i) {
        const Real handed_on = Candidates::compete(changes[i]);
        if (std::memcmp(&handed_on, &changes[i], sizeof(Real))) return -1;
    }
    return Candidates::kth_largest(k);
}
template <class Real, unsigned n> static long list(const Real* changes, long n_changes, long k, int* listed) {
    using Candidates = bioplast::Candidates<Real, n>;
    const long half = n_changes / 2;
    if (half) Candidates::compete_run(changes, {0, (int) half});
    Candidates::compete_run(changes, {(int) half, (int) (n_changes - half)});
    Candidates::kth_largest(k);
    if (Candidates::n_candidates != n_changes) return -1;
    std::copy(Candidates::written.begin(), Candidates::written.begin() + Candidates::n_written, listed);
    return Candidates::n_written;
}
template <class Real>
static long list_by_cell(const Real* changes, int n_rows, int n_cells, const int* ranks, int* to) {
    using Candidates = bioplast::NeuronCandidates<Real, 4>;
    for (int r = 0; r < n_rows; ++r) Candidates::compete_run(changes, {r * n_cells, n_cells}, 2);
    Candidates::list(ranks);
    if (Candidates::n_candidates != (long) n_rows * n_cells) return -1;
    std::copy(Candidates::written.begin(), Candidates::written.begin() + Candidates::n_written, to);
    return Candidates::n_written;
}
extern "C" {
long by_cell32(const float* changes, int n_rows, int n_cells, const int* ranks, int* to) {
    return list_by_cell<float>(changes, n_rows, n_cells, ranks, to);
}
long by_cell64(const double* changes, int n_rows, int n_cells, const int* ranks, int* to) {
    return list_by_cell<double>(changes, n_rows, n_cells, ranks, to);
}
long list32(const float* changes, long n, long k, int* to) { return list<float, 3>(changes, n, k, to); }
long list64(const double* changes, long n, long k, int* to) { return list<double, 3>(changes, n, k, to); }
float float32(const float* changes, long n, long k) { return ask<float, 1>(changes, n, k); }
double float64(const double* changes, long n, long k) { return ask<double, 1>(changes, n, k); }
double others(const double* changes, long n, long k) { return ask<double, 2>(changes, n, k); }
}
"""


class CppCandidates:
    """One instance of ``candidates.h``, called like ``Candidates``."""

    def __init__(self, library, name):
        self.dtype = np.dtype(name if name != "others" else "float64")
        real = np.ctypeslib.as_ctypes_type(self.dtype)
        self._ask = getattr(library, name)
        self._ask.restype = real
        self._ask.argtypes = [np.ctypeslib.ndpointer(self.dtype), ctypes.c_long, ctypes.c_long]

    def ask(self, changes, k):
        return self._ask(np.ascontiguousarray(changes, self.dtype), len(changes), k)


class PythonCandidates:
    """The Python form with the same call; the changes come in two lots, as they may."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)
        self._candidates = Candidates()

    def ask(self, changes, k):
        changes = np.asarray(changes, self.dtype)
        for lot in np.array_split(changes, 2):
            if lot.size:
                assert self._candidates.compete(lot) is lot
        return self._candidates.kth_largest(k)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("candidates")
    (folder / "candidates.cpp").write_text(SOURCE)
    include = Path(bioplast.brian.__path__[0])
    subprocess.run(
        [
            *find_compiler(),
            *COMPILER_FLAGS,
            f"-I{include}",
            "-shared",
            "-fPIC",
            "candidates.cpp",
            "-o",
            "candidates.so",
        ],
        cwd=folder,
        check=True,
    )
    return ctypes.CDLL(str(folder / "candidates.so"))


KINDS = ["C++ float32", "C++ float64", "Python float32", "Python float64"]


@pytest.fixture(params=KINDS)
def candidates(request, library):
    language, dtype = request.param.split()
    return CppCandidates(library, dtype) if language == "C++" else PythonCandidates(dtype)


def find_kth_largest(changes, k):
    """The meaning: of the changes that are not zero the k-th in descending order of size, 0 if fewer."""
    sizes = np.abs(changes[changes != 0])
    return np.partition(sizes, sizes.size - k)[sizes.size - k] if k <= sizes.size else 0


@st.composite
def chunks(draw):
    """Changes of successive trials with the k asked for, one change at least not zero."""
    width = draw(st.sampled_from([32, 64]))
    size = st.one_of(
        st.floats(allow_nan=False, width=width),  # from the smallest to infinity
        st.floats(-1, 1, width=width),
        st.integers(-3, 3).map(float),  # ties, zeros
    )
    changes = st.lists(size, min_size=1, max_size=60).filter(any)
    return draw(st.lists(st.tuples(changes, st.integers(1, 70)), min_size=1, max_size=3))


@pytest.mark.parametrize("kind", KINDS)
def test_kth_largest(library, kind):
    language, dtype = kind.split()
    candidates = CppCandidates(library, dtype) if language == "C++" else PythonCandidates(dtype)

    @given(chunks())
    def check(trials):
        for changes, k in trials:
            with np.errstate(over="ignore", under="ignore"):
                changes = np.append(np.array(changes).astype(dtype), 1).astype(dtype)
            assert candidates.ask(changes, k) == find_kth_largest(changes, k)

    check()


@pytest.mark.parametrize("k", [1, 2, 1570, 39_250, 78_499, 78_500])
@pytest.mark.parametrize("n_levels", [None, 3])
def test_kth_largest_of_a_whole_layer(candidates, k, n_levels):
    rng = np.random.default_rng(k)
    pre, delta = rng.random(785) * (rng.random(785) < 0.19), rng.normal(size=100) * 1e-3
    if n_levels:  # many ties
        pre = np.round(pre * n_levels)
    changes = np.outer(pre, delta).astype(candidates.dtype).ravel()
    assert candidates.ask(changes, k) == find_kth_largest(changes, k)
    # What is written: every change of at least that size, k of them and those that tie with the last.
    written = np.abs(changes[changes != 0]) >= find_kth_largest(changes, k)
    assert written.sum() >= min(k, np.count_nonzero(changes))


def test_fewer_than_k(candidates):
    assert candidates.ask([1.0, -2.0, 0.0], 3) == 0
    assert candidates.ask([1.0, -2.0, 0.0], 2) == 1


def test_all_equal(candidates):
    assert candidates.ask([-0.25] * 9 + [0.25], 4) == 0.25


def test_zero_is_no_candidate(candidates):
    assert candidates.ask([0.0] * 50 + [-0.0, 3.0, 1.0], 2) == 1


def test_not_a_number_is_no_candidate(candidates):
    assert candidates.ask([np.nan, 2.0, np.nan, -1.0], 2) == 1
    assert candidates.ask([np.nan, 2.0], 2) == 0


def test_without_new_candidates_the_answer_stays(candidates):
    assert candidates.ask([1.0, 2.0, 4.0], 2) == 2
    assert candidates.ask([], 1) == 2
    assert candidates.ask([3.0], 1) == 3


def test_candidates_of_one_trial_are_forgotten_in_the_next(candidates):
    assert candidates.ask(np.arange(1.0, 2001.0), 1) == 2000
    assert candidates.ask([1.0, 2.0, 4.0], 3) == 1


def test_synapses_do_not_mix(library):
    some, others = CppCandidates(library, "float64"), CppCandidates(library, "others")
    assert some.ask([5.0, 6.0], 1) == 6
    assert others.ask([1.0, 2.0], 1) == 2
    assert some.ask([], 1) == 6
    first, second = (make_selection_functions(name)["compete"] for name in ("a_to_b", "b_to_c"))
    code = [function.implementations["cpp"].get_code(None) for function in (first, second)]
    assert code[0] != code[1]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("k", [1, 3, 17, 1500, 3001])
@pytest.mark.parametrize("n_levels", [None, 5])
def test_what_is_written_is_listed(library, dtype, k, n_levels):
    rng = np.random.default_rng(k)
    changes = rng.normal(size=3001)
    changes[rng.random(3001) < 0.05] = np.nan
    if n_levels:
        changes = np.round(changes * n_levels)
    changes = changes.astype(dtype)
    ask = library.list32 if dtype == "float32" else library.list64
    ask.restype = ctypes.c_long
    integers = np.ctypeslib.ndpointer(np.intc)
    ask.argtypes = [np.ctypeslib.ndpointer(np.dtype(dtype)), ctypes.c_long, ctypes.c_long, integers]
    listed = np.zeros(3001, np.intc)
    n_written = ask(changes, 3001, k, listed)
    numbers = changes[~np.isnan(changes)]
    cutoff = find_kth_largest(numbers, k)
    if cutoff == 0:  # fewer than k: all are written, which needs no list
        assert n_written == -1
    else:
        np.testing.assert_array_equal(listed[:n_written], np.flatnonzero(np.abs(changes) >= cutoff))
        assert n_written >= k


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n_levels", [None, 5])
def test_what_is_written_onto_each_cell_is_listed(library, dtype, n_levels):
    rng = np.random.default_rng(5)
    n_rows, n_cells = 40, 37
    ask = getattr(library, f"by_cell{dtype[-2:]}")
    ask.restype = ctypes.c_long
    ranks = rng.integers(0, 45, n_cells)
    for _ in range(2):  # the second time what competed before is forgotten
        changes = rng.normal(size=(n_rows, n_cells)) * (rng.random((n_rows, n_cells)) < 0.7)
        if n_levels:
            changes = np.round(changes * n_levels)
        changes = changes.astype(dtype)
        asked = zip(changes.T, ranks, strict=True)
        cutoffs = [find_kth_largest(column, k) if k else 0 for column, k in asked]
        expected = np.flatnonzero(np.abs(changes) >= np.array(cutoffs, dtype))
        listed = np.zeros(changes.size, np.int32)
        by_synapse = np.tile(ranks, n_rows).astype(np.int32)
        n_listed = ask(
            changes.ctypes.data_as(ctypes.c_void_p),
            n_rows,
            n_cells,
            by_synapse.ctypes.data_as(ctypes.c_void_p),
            listed.ctypes.data_as(ctypes.c_void_p),
        )
        np.testing.assert_array_equal(listed[:n_listed], expected)
