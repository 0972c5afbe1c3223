"""Whether rules give back arrays of the shape that they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from bioplast.errors import RequestError
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView

if TYPE_CHECKING:
    from bioplast.plasticity.declaration import Plasticity

SHAPE = (5, 4)  # of the synapses that rules are tried on


def check_array(call: str, array: Any, shape: tuple[int, ...], dtype: DTypeLike) -> None:
    """Raise unless ``array``, which the method ``call`` of a rule gave, has this shape and type.

    Raises
    ------
    RequestError : it has another
    """
    if np.shape(array) != shape or getattr(array, "dtype", None) != dtype:
        kind = getattr(array, "dtype", type(array).__name__)
        wanted = f"{np.dtype(dtype)} values of shape {shape}"
        raise RequestError(f"rule: {call} must return {wanted}, got {kind} of {np.shape(array)}")


def check_shapes(plasticity: Plasticity, *, depth: int, is_readout: bool) -> None:
    """Try every rule once on a few synapses, so that a wrong shape shows when the network is made.

    Parameters
    ----------
    depth, is_readout : of the projection (``ProjectionView``)

    Raises
    ------
    RequestError : what a rule gives back has the shape or type of no change; it is named
    """
    view = ProjectionView.whole("a->b", SHAPE, depth=depth, is_readout=is_readout)
    delta_w = np.linspace(-1, 1, view.plastic.size, dtype=np.float32).reshape(SHAPE)
    units = np.linspace(-1, 1, SHAPE[1], dtype=np.float32)
    for part in plasticity.transforms:
        proposal = Proposal(view, np.array(delta_w), np.array(delta_w), units, units)
        changed = part.transform(proposal, part.init(SHAPE, delta_w.dtype))
        check_array(f"transform() of {part.name}", changed, SHAPE, delta_w.dtype)
    selection = plasticity.selection
    proposal = Proposal(view, delta_w, delta_w, units, units, memory=selection.memory(view))
    check_array(f"mask() of {selection.name}", selection.mask(proposal), SHAPE, bool)
    consolidation = plasticity.consolidation
    if consolidation is not None:
        over = consolidation.accumulate(np.zeros(SHAPE, np.float32), np.array(delta_w))
        check_array(f"accumulate() of {consolidation.name}", over, SHAPE, delta_w.dtype)
