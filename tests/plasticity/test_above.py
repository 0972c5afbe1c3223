import numpy as np
import pytest

from bioplast.plasticity.above import Above
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView


def make_proposal(above, delta_w, *, is_readout=False):
    delta_w = np.array(delta_w, float)
    units = np.zeros(delta_w.shape[1])
    view = ProjectionView.whole("a->b", delta_w.shape, is_readout=is_readout)
    return Proposal(view, delta_w, delta_w, units, units, memory=above.memory(view))


@pytest.mark.parametrize(
    ("delta_w", "factor"),
    [
        ([[2, 2, 2, 2]], 1.1),  # all of them: as much as it may rise
        ([[0, 0, 0, 0]], 0.9),  # none: as much as it may fall
        ([[2, 2, 0, 0]], 1.0),
        ([[2, 2, 2, 0]], 1.05),
    ],
)
def test_threshold_follows_the_share_that_passes(delta_w, factor):
    above = Above(1.0, target=0.5, rate=0.1)
    proposal = make_proposal(above, delta_w)
    above.remember(proposal, above.mask(proposal))
    assert proposal.memory[0] == pytest.approx(factor)


@pytest.mark.parametrize("per", ["layer", "neuron", "synapse"])
def test_threshold_settles_where_the_target_passes(per):
    above = Above(1.0, target=0.2, output=0.5, rate=0.05, per=per)
    rng = np.random.default_rng(0)
    for is_readout, target in ((False, 0.2), (True, 0.5)):
        proposal = make_proposal(above, np.zeros((50, 40)), is_readout=is_readout)
        shares = []
        for _ in range(400):
            proposal.delta_w[:] = rng.standard_normal((50, 40))
            written = above.mask(proposal)
            above.remember(proposal, written)
            shares.append(written.mean())
        # 200 trials of 2,000 synapses each, the threshold moving around its place a little; that of a synapse
        # moves in large steps, so that (1 + 0.05 * 4) ** p * (1 - 0.05) ** (1 - p) = 1 at p = 0.22.
        assert np.mean(shares[200:]) == pytest.approx(target, abs=0.01 if per == "layer" else 0.025)


@pytest.mark.parametrize(
    ("delta_w", "factors"),
    [
        ([[2, 2, 0.5, 0], [2, 0.5, 0.5, 0]], [1.1, 1.0, 0.9, 1.0]),  # all, half, none, and nothing proposed
        ([[0, 2, 0, 0], [0, 0, 0, 0]], [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_threshold_of_a_cell_follows_the_share_of_its_own_synapses(delta_w, factors):
    above = Above(1.0, target=0.5, rate=0.1, per="neuron")
    proposal = make_proposal(above, delta_w)
    above.remember(proposal, above.mask(proposal))
    np.testing.assert_allclose(proposal.memory, factors, rtol=1e-15)


def test_threshold_of_a_synapse_follows_its_own_changes():
    above = Above(1.0, target=0.25, rate=0.1, per="synapse")
    proposal = make_proposal(above, [[2, 0.5, 0]])
    for _ in range(2):
        above.remember(proposal, above.mask(proposal))
    np.testing.assert_allclose(proposal.memory, [[1.3**2, 0.9**2, 1]], rtol=1e-15)


@pytest.mark.parametrize("per", ["neuron", "synapse"])
def test_what_others_are_proposed_moves_no_threshold(per):
    """A cell's threshold depends on its own column, a synapse's on its own changes, and nothing else."""
    above = Above(0.5, target=0.3, rate=0.2, per=per)
    rng = np.random.default_rng(1)
    changes = rng.standard_normal((30, 6, 4))
    others = rng.standard_normal((30, 6, 4))
    own = np.s_[:, 2] if per == "neuron" else np.s_[3, 2]
    moved = []
    for among in (changes, others):
        proposal = make_proposal(above, np.zeros((6, 4)))
        for delta_w, neighbors in zip(changes, among, strict=True):
            proposal.delta_w[:] = neighbors
            proposal.delta_w[own] = delta_w[own]
            above.remember(proposal, above.mask(proposal))
        moved.append(proposal.memory[2 if per == "neuron" else (3, 2)])
    assert moved[0] == moved[1] != 0.5


def test_cells_off_the_path_keep_their_threshold():
    above = Above(1.0, target=0.5, per="neuron")
    proposal = make_proposal(above, [[2, 2], [2, 2]])
    proposal.plastic[:, 1] = False
    above.remember(proposal, above.mask(proposal) & proposal.plastic)
    assert proposal.memory[0] > proposal.memory[1] == 1


def test_without_a_target_nothing_is_carried():
    above = Above(1.0)
    proposal = make_proposal(above, [[2, 0]])
    assert above.memory(proposal.view).size == 0
    above.remember(proposal, above.mask(proposal))
    assert proposal.memory.size == 0
