"""What a declaration makes of proposals that were logged, by its rules' NumPy meaning."""

from dataclasses import replace

import numpy as np

from bioplast.energy import Books
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.randomness import make_key, make_rng
from bioplast.tasks.poisson import trial_keys


def replay(rule, proposals, weights, *, cells=None, layer="input->hidden", bounds=(-np.inf, np.inf)):
    """Books, weights and what is transient, each of the shape of ``weights``, (n_pre, n_post).

    ``proposals`` are of shape (n_decisions, n_pre*n_post), and ``cells`` the errors and activities behind.
    """
    rules, shape = Plasticity.parse(rule), weights.shape
    is_readout = layer == "hidden->output"
    view = ProjectionView.whole(layer, shape, depth=int(is_readout), is_readout=is_readout)
    if rules.path is not None:
        view = replace(view, plastic=rules.path.mask(view, make_rng(0, "masks")))
    memory = rules.selection.memory(view)
    cells = (np.zeros(shape[1]), np.zeros(shape[1])) if cells is None else cells
    transient, books = np.zeros(shape), Books.open(weights)
    keys = trial_keys(make_key(0, "selection"), 0, np.arange(len(proposals)))
    for key, delta_w in zip(keys, proposals, strict=True):
        delta_w = delta_w.reshape(shape) * view.plastic
        acting = np.clip(weights + transient, *bounds)
        proposal = Proposal(view, delta_w, acting, *cells, int(key), memory)
        written = rules.selection.mask(proposal) & view.plastic & (delta_w != 0)
        if memory.size:
            rules.selection.remember(proposal, written)
        change = np.where(written, delta_w, 0)
        if rules.consolidation is not None:
            change = rules.consolidation.accumulate(transient, change)
            books.maintenance += rules.consolidation.decay_step(transient)
        after = np.clip(weights + change, *bounds)
        books.record(weights, after)
        weights = after
    return books, weights, transient
