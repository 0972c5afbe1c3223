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


def test_threshold_settles_where_the_target_passes():
    above = Above(1.0, target=0.2, output=0.5, rate=0.05)
    rng = np.random.default_rng(0)
    for is_readout, target in ((False, 0.2), (True, 0.5)):
        proposal = make_proposal(above, np.zeros((50, 40)), is_readout=is_readout)
        shares = []
        for _ in range(400):
            proposal.delta_w[:] = rng.standard_normal((50, 40))
            written = above.mask(proposal)
            above.remember(proposal, written)
            shares.append(written.mean())
        # 200 trials of 2,000 synapses each, the threshold moving around its place a little.
        assert np.mean(shares[200:]) == pytest.approx(target, abs=0.01)


def test_without_a_target_nothing_is_carried():
    above = Above(1.0)
    proposal = make_proposal(above, [[2, 0]])
    assert above.memory(proposal.view).size == 0
    above.remember(proposal, above.mask(proposal))
    assert proposal.memory.size == 0
