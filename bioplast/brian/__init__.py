"""Networks in Brian2: those of this study, and with ``PlasticSynapses`` anyone's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioplast.brian.pathways import Proposal
    from bioplast.brian.synapses import PlasticSynapses

__all__ = ["PlasticSynapses", "Proposal"]


def __getattr__(name: str) -> Any:
    """Import Brian2, which takes a second, only for those who need it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bioplast.brian import pathways, synapses

    return {"PlasticSynapses": synapses.PlasticSynapses, "Proposal": pathways.Proposal}[name]
