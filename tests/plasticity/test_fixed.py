import numpy as np

from bioplast.plasticity.fixed import Fixed
from bioplast.plasticity.projection import ProjectionView


def test_counts_and_layers():
    fixed = Fixed(0.1, output=0.5)
    hidden = fixed.mask(ProjectionView.whole("input->hidden", (785, 100)), np.random.default_rng(0))
    output = fixed.mask(
        ProjectionView.whole("hidden->output", (101, 10), is_readout=True), np.random.default_rng(0)
    )
    assert hidden.sum() == 7_851
    assert output.sum() == 1010 - round(0.5 * 1009)


def test_same_seed_same_synapses():
    view = ProjectionView.whole("input->hidden", (20, 10))
    masks = [Fixed(0.3).mask(view, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[0], masks[2])
