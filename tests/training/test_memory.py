"""Networks that cannot fit are refused before any of them is made."""

import resource

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.network import make_chain
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity
from bioplast.training import memory


def test_what_fits_passes(monkeypatch):
    monkeypatch.setattr(memory, "find_free_memory", lambda: 25 * (17 * 8 + 9 * 3))
    memory.check_memory(16, 8, 3, has_path=False)
    with pytest.raises(RequestError, match=r"^hidden: a network of 16-9-3 units needs at least .* free$"):
        memory.check_memory(16, 9, 3, has_path=False)
    memory.check_memory(16, 9, 3, has_path=True)


@pytest.mark.parametrize("n_hidden", [10**15, 10**30])
def test_beyond_any_machine(n_hidden):
    with pytest.raises(RequestError, match=f"784-{n_hidden}-10 units needs at least "):
        memory.check_memory(784, n_hidden, 10, has_path=True)


def test_no_more_is_counted_than_a_network_takes():
    layers = make_layers(make_chain(784, 50, 10, sds=(1, 1)), 1, Plasticity.parse("plain"))
    taken = sum(
        array.nbytes
        for layer in layers
        for array in (layer.weights, layer.plastic, layer.books.initial, layer.books.m0, layer.books.m1)
    )
    assert taken == 25 * sum(np.size(layer.weights) for layer in layers)


def test_what_is_free_follows_the_limits_of_the_process(monkeypatch):
    whole = memory.find_free_memory()
    assert 1e6 < whole < 1e14
    own = memory._find_own_size()
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (own + 5_000_000, own + 5_000_000))
    assert 0 < memory.find_free_memory() <= 10_000_000


def test_limit_of_a_container_counts(monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text("1234567\n")
    monkeypatch.setattr(memory, "_CGROUP_LIMIT", tmp_path / "memory.max")
    assert memory.find_free_memory() == 1234567
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.find_free_memory() > 1234567
