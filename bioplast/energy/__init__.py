"""Energy books: what plasticity costs per synapse, layer and network, and signalling beside it."""

from bioplast.energy.books import Books
from bioplast.energy.energy import Energy
from bioplast.energy.signalling import Signalling

__all__ = ["Books", "Energy", "Signalling"]
