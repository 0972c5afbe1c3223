"""The table of rules: name to declaration. A new rule is a new file and a row here."""

from bioplast.plasticity.above import Above
from bioplast.plasticity.cache import Cache
from bioplast.plasticity.fixed import Fixed
from bioplast.plasticity.largest import Largest
from bioplast.plasticity.largest_error import LargestError
from bioplast.plasticity.lazy import Lazy
from bioplast.plasticity.most_active import MostActive
from bioplast.plasticity.neurons import Neurons
from bioplast.plasticity.part import Part
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.random import Random
from bioplast.plasticity.readout import Readout
from bioplast.plasticity.smallest import Smallest
from bioplast.plasticity.strongest import Strongest
from bioplast.plasticity.subnet import Subnet
from bioplast.plasticity.weakest import Weakest

RULES: dict[str, type[Part]] = {
    rule.name: rule
    for rule in (
        Plain,
        Largest,
        Above,
        Subnet,
        Smallest,
        Random,
        Strongest,
        Weakest,
        Fixed,
        Neurons,
        LargestError,
        MostActive,
        Readout,
        Cache,
        Lazy,
    )
}
