import numpy as np
import pytest

from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.reserve import Reserve


def make_proposal(rule, delta_w, error, *, is_readout=False):
    delta_w = np.array(delta_w, float)
    view = ProjectionView.whole("a->b", delta_w.shape, is_readout=is_readout)
    error = np.array(error, float)
    return Proposal(view, delta_w, delta_w, error, error, memory=rule.memory(view))


def pass_trial(rule, proposal):
    written = rule.mask(proposal)
    rule.remember(proposal, written)
    return written


def test_a_cell_writes_until_its_reserve_is_empty_and_again_when_it_is_filled():
    rule = Reserve(0.25)
    proposal = make_proposal(rule, [[1, 1], [1, 0]], [0, 0])  # all synapses of a cell, and half of another's
    opened = [pass_trial(rule, proposal).all(axis=0).tolist() for _ in range(6)]
    # 1, 0.25, -0.5, -0.25, 0, 0.25; the other one 1, 0.75, 0.5, 0.25, 0, 0.25
    assert opened == [[True, True], [True, True], [False, True], [False, True], [False, False], [True, True]]


def test_surprise_writes_on_credit_that_is_paid_back_first():
    rule = Reserve(0.25, surprise=0.5)
    proposal = make_proposal(rule, [[1, 1]], [-0.5, 0.4])
    opened = np.array([pass_trial(rule, proposal)[0] for _ in range(8)])
    assert opened[:, 0].all()
    assert not opened[:, 1].all()
    assert proposal.memory[0] == -1
    calm = make_proposal(rule, [[1, 1]], [0, 0])
    calm.memory[:] = proposal.memory
    assert not any(pass_trial(rule, calm)[0, 0] for _ in range(4))  # from -1 to 0


def test_time_passes_only_where_changes_are_proposed():
    rule = Reserve(0.25)
    proposal = make_proposal(rule, [[0, 1]], [0, 0])
    proposal.memory[:] = -1
    pass_trial(rule, proposal)
    np.testing.assert_array_equal(proposal.memory, [-1, -0.75])


@pytest.mark.parametrize("refill", [0.02, 0.1])
def test_in_the_long_run_the_share_that_is_filled_in_is_written(refill):
    rule = Reserve(refill)
    rng = np.random.default_rng(0)
    proposal = make_proposal(rule, np.zeros((50, 20)), np.zeros(20))
    shares = []
    for _ in range(1000):
        proposal.delta_w[:] = rng.standard_normal((50, 20)) * (rng.random(50) < 0.2)[:, np.newaxis]
        written = pass_trial(rule, proposal)
        shares.append(np.mean(written & (proposal.delta_w != 0)))
    # A full reserve is spent once, and at the end at most one write in debt: two of 1,000 trials.
    assert np.mean(shares) == pytest.approx(refill, abs=0.002)


def test_the_output_has_a_surprise_of_its_own():
    rule = Reserve(0.0, surprise=0.1, output=0.5)
    for is_readout, expected in ((False, [True, True]), (True, [False, True])):
        proposal = make_proposal(rule, [[1, 1]], [0.2, 0.6], is_readout=is_readout)
        proposal.memory[:] = -1
        assert rule.mask(proposal)[0].tolist() == expected
