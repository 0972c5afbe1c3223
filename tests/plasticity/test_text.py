import pytest

from bioplast import Plasticity, above, largest, subnet
from bioplast.errors import RequestError


@pytest.mark.parametrize(
    ("text", "plasticity"),
    [
        ("largest(0.1)", Plasticity.of(largest(0.1))),
        ("  largest ( fraction = 1e-1 )  ", Plasticity.of(largest(0.1))),
        ("largest(0.1, output=1)+subnet(7)", largest(0.1, output=1) + subnet(7)),
        ("above(theta=2)", Plasticity.of(above(2))),
        ("plain()", Plasticity()),
    ],
)
def test_reads(text, plasticity):
    assert Plasticity.parse(text) == plasticity


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read ''"),
        ("largest(0.1) +", "cannot read"),
        ("+ largest(0.1)", "cannot read"),
        ("largest(0.1) subnet(3)", r"expected '\+' or the end at 'subnet\(3\)'"),
        ("largest(0.1", r"expected '\+' or the end at '\(0.1'"),
        ("huge(0.1)", "no rule 'huge'; there are above, adam, cache"),
        ("largest(0.1, 0.2, layer, 1)", "largest takes fraction, output, per"),
        ("largest(share=0.1)", "largest takes fraction, output"),
        ("largest(0.1, fraction=0.2)", "largest got fraction twice"),
        ("largest(0.1,)", "cannot read the argument ''"),
        ("above(1/2)", "cannot read the value '1/2'"),
        ("above()", r"above needs theta, for instance above\(theta=...\)"),
        ("above(__import__)", "Above.theta: must be a number above 0, got '__import__'"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(RequestError, match=message):
        Plasticity.parse(text)
