import numpy as np
import pytest

from bioplast import largest
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView


def make_proposal(delta_w, plastic=None, *, is_readout=False):
    delta_w = np.asarray(delta_w, float)
    plastic = np.ones(delta_w.shape, bool) if plastic is None else np.asarray(plastic, bool)
    units = np.zeros(delta_w.shape[1])
    view = ProjectionView("a->b", plastic, is_readout=is_readout)
    return Proposal(view, delta_w, np.zeros_like(delta_w), units, units)


def test_ties_at_the_cutoff_are_all_written():
    written = largest(0.25).mask(make_proposal([[3, 2], [-2, 2], [1, 0], [0, 0]]))
    # 8 - round(0.75 * 7) = 3 survive; the third largest is 2, of which there are three.
    np.testing.assert_array_equal(written, [[1, 1], [1, 1], [0, 0], [0, 0]])


def test_counts_over_the_plastic_synapses():
    delta_w, plastic = [[9, 1], [8, 2], [7, 3], [6, 4]], [[0, 1], [0, 1], [0, 1], [0, 1]]
    proposal = make_proposal(delta_w, plastic)
    written = largest(0.5).mask(proposal) & proposal.plastic
    np.testing.assert_array_equal(written, [[0, 0], [0, 0], [0, 1], [0, 1]])


def test_the_published_count():
    # 7,851 of 78,500 at f = 0.1 (van Rossum & Pache 2024).
    assert largest(0.1).count(ProjectionView.whole("input->hidden", (785, 100)), 78_500) == 7_851


@pytest.mark.parametrize(("is_readout", "n_written"), [(False, 2), (True, 6)])
def test_output_layer_has_a_fraction_of_its_own(is_readout, n_written):
    proposal = make_proposal(np.arange(1, 11).reshape(5, 2), is_readout=is_readout)
    assert np.count_nonzero(largest(0.1, output=0.5).mask(proposal)) == n_written
