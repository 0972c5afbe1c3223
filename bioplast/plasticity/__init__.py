"""What may change: one file a rule, one declaration for all networks."""

from bioplast.plasticity.above import Above
from bioplast.plasticity.declaration import Plasticity
from bioplast.plasticity.largest import Largest
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.rules import RULES
from bioplast.plasticity.subnet import Subnet

__all__ = ["RULES", "Above", "Largest", "Plain", "Plasticity", "Subnet"]
