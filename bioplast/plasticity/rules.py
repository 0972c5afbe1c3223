"""The table of rules: name to declaration. A new rule is a new file and a row here."""

from bioplast.plasticity.above import Above
from bioplast.plasticity.largest import Largest
from bioplast.plasticity.part import Part
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.subnet import Subnet

RULES: dict[str, type[Part]] = {
    rule.name: rule
    for rule in (
        Plain,
        Largest,
        Above,
        Subnet,
    )
}
