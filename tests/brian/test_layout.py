"""Synapses of any connectivity as a matrix."""

from dataclasses import replace

import numpy as np
import pytest

from bioplast.brian.layout import Layout
from bioplast.plasticity import Fixed, Subnet
from bioplast.plasticity.projection import ProjectionView

VIEW = ProjectionView.whole("input->hidden", (1, 1))
READOUT = ProjectionView.whole("hidden->output", (1, 1), depth=1, is_readout=True)
SOME = Layout.of([4, 0, 0, 1, 4], [1, 2, 0, 0, 1], 5, 4)  # two from 4 to 1, none onto 3


def test_all_to_all_is_sources_by_targets():
    layout = Layout.all_to_all(3, 2)
    assert layout.is_all_to_all
    assert layout.place(None, VIEW, np.random.default_rng(0)).shape == (3, 2)
    assert layout.take(np.arange(6).reshape(3, 2)).tolist() == list(range(6))


def test_others_fill_the_column_of_their_target():
    plastic = SOME.place(None, VIEW, np.random.default_rng(0))
    assert not SOME.is_all_to_all
    assert plastic.sum(axis=0).tolist() == np.bincount(SOME.post, minlength=4).tolist()
    assert SOME.take(plastic).all()


def test_a_pair_that_is_there_twice_does_not_make_up_for_one_that_is_missing():
    assert not Layout.of([0, 0, 1, 1], [0, 0, 0, 1], 2, 2).is_all_to_all


@pytest.mark.parametrize("seed", range(5))
def test_a_path_of_synapses_is_laid_through_those_that_exist(seed):
    plastic = SOME.place(Fixed(0.6), VIEW, np.random.default_rng(seed))
    assert plastic.sum() == SOME.take(plastic).sum() == 3


def test_a_path_of_units_is_laid_through_columns_or_rows():
    layout, rng = Layout.all_to_all(3, 2), np.random.default_rng(0)
    assert layout.place(Subnet(1), VIEW, rng).tolist() == [[True, False]] * 3
    assert layout.place(Subnet(1), READOUT, rng).tolist() == [[True] * 2, [False] * 2, [False] * 2]


def test_a_path_of_units_is_laid_through_the_synapses_that_exist():
    rng, among = np.random.default_rng(0), replace(VIEW, depth=1)
    for view, chosen in (
        (VIEW, SOME.post < 2),
        (READOUT, SOME.pre < 2),
        (among, (SOME.post < 2) & (SOME.pre < 2)),
    ):
        assert SOME.take(SOME.place(Subnet(2), view, rng)).tolist() == chosen.tolist()
        assert 0 < chosen.sum() < chosen.size


@pytest.mark.parametrize(
    ("arguments", "n_synapses"),
    [
        ((None, None, None, 1.0, 1), 6),
        (("True", None, None, 1, 1), 6),
        ((None, [0, 1], 1, 1, 1), 2),
        (("i != j", None, None, 1, 1), None),
        ((None, None, None, 0.5, 1), None),
        ((None, None, None, "0.5", 1), None),
        ((None, None, None, 1, 2), None),
        ((None, None, "i", 1, 1), None),
    ],
)
def test_what_connect_will_make_is_foreseen_or_not(arguments, n_synapses):
    layout = Layout.foresee(*arguments, (3, 2))
    assert (None if layout is None else layout.post.size) == n_synapses


def test_synapses_are_joined_in_their_order():
    joined = SOME.join(Layout.of(2, [3], 5, 4))
    assert joined.pre.tolist() == [4, 0, 0, 1, 4, 2]
    assert joined.post.tolist() == [1, 2, 0, 0, 1, 3]
