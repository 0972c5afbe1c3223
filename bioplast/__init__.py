"""bioplast: what learning costs, synapse by synapse, in networks that live.

Rules have their text names here: ``largest(0.1) + cache(0.04)`` in Python is the declaration that the
command line calls by the same text.
"""

from bioplast.plasticity import Above as above
from bioplast.plasticity import Adam as adam
from bioplast.plasticity import Cache as cache
from bioplast.plasticity import Fixed as fixed
from bioplast.plasticity import Largest as largest
from bioplast.plasticity import LargestError as largest_error
from bioplast.plasticity import Lazy as lazy
from bioplast.plasticity import Momentum as momentum
from bioplast.plasticity import MostActive as most_active
from bioplast.plasticity import Neurons as neurons
from bioplast.plasticity import Plain as plain
from bioplast.plasticity import Plasticity
from bioplast.plasticity import Random as random
from bioplast.plasticity import Readout as readout
from bioplast.plasticity import Reserve as reserve
from bioplast.plasticity import Smallest as smallest
from bioplast.plasticity import Strongest as strongest
from bioplast.plasticity import Subnet as subnet
from bioplast.plasticity import Weakest as weakest
from bioplast.plasticity import WeightDecay as weight_decay

__version__ = "0.2.0"
__all__ = [
    "Plasticity",
    "above",
    "adam",
    "cache",
    "fixed",
    "largest",
    "largest_error",
    "lazy",
    "momentum",
    "most_active",
    "neurons",
    "plain",
    "random",
    "readout",
    "reserve",
    "smallest",
    "strongest",
    "subnet",
    "weakest",
    "weight_decay",
]
