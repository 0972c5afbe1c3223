"""bioplast: what learning costs, synapse by synapse, in networks that live."""

from bioplast.plasticity import Above as above
from bioplast.plasticity import Largest as largest
from bioplast.plasticity import Plain as plain
from bioplast.plasticity import Plasticity
from bioplast.plasticity import Subnet as subnet

__version__ = "0.1.0"
__all__ = ["Plasticity", "above", "largest", "plain", "subnet"]
