"""What may change: one file a rule, one declaration for all networks."""

from bioplast.plasticity.above import Above
from bioplast.plasticity.adam import Adam
from bioplast.plasticity.cache import Cache
from bioplast.plasticity.declaration import Plasticity
from bioplast.plasticity.fixed import Fixed
from bioplast.plasticity.largest import Largest
from bioplast.plasticity.largest_error import LargestError
from bioplast.plasticity.lazy import Lazy
from bioplast.plasticity.momentum import Momentum
from bioplast.plasticity.most_active import MostActive
from bioplast.plasticity.neurons import Neurons
from bioplast.plasticity.part import RULES
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.random import Random
from bioplast.plasticity.readout import Readout
from bioplast.plasticity.reserve import Reserve
from bioplast.plasticity.smallest import Smallest
from bioplast.plasticity.strongest import Strongest
from bioplast.plasticity.subnet import Subnet
from bioplast.plasticity.weakest import Weakest
from bioplast.plasticity.weight_decay import WeightDecay

__all__ = [
    "RULES",
    "Above",
    "Adam",
    "Cache",
    "Fixed",
    "Largest",
    "LargestError",
    "Lazy",
    "Momentum",
    "MostActive",
    "Neurons",
    "Plain",
    "Plasticity",
    "Random",
    "Readout",
    "Reserve",
    "Smallest",
    "Strongest",
    "Subnet",
    "Weakest",
    "WeightDecay",
]
