"""Rules and books on Brian2 synapses, and what else serves a Brian2 model of one's own."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioplast.brian.checkpoints import checkpoint
    from bioplast.brian.energy_monitor import EnergyMonitor
    from bioplast.brian.pathways import Proposal
    from bioplast.brian.synapses import PlasticSynapses
    from bioplast.brian.write_log import WriteLog

_HOMES = {
    "EnergyMonitor": "energy_monitor",
    "PlasticSynapses": "synapses",
    "Proposal": "pathways",
    "WriteLog": "write_log",
    "checkpoint": "checkpoints",
}
__all__ = ["EnergyMonitor", "PlasticSynapses", "Proposal", "WriteLog", "checkpoint"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import Brian2, which takes a second, only for those who need it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"bioplast.brian.{_HOMES[name]}"), name)
