import pytest

from bioplast import Plasticity, above, largest, plain, subnet
from bioplast.errors import RequestError


def test_order_of_the_parts_does_not_matter():
    assert largest(0.1) + subnet(5) == subnet(5) + largest(0.1)
    assert str(largest(0.1) + subnet(5)) == "subnet(5) + largest(0.1)"


def test_plain_is_what_is_left_when_nothing_is_said():
    assert Plasticity() == Plasticity.of(plain()) == Plasticity.parse("plain")
    assert str(Plasticity()) == "plain"
    assert str(Plasticity.of(subnet(3))) == "subnet(3)"


TWO = ["largest(0.1) + above(1)", "largest(0.1) + largest(0.2)", "largest(0.1) + plain"]


@pytest.mark.parametrize("text", TWO)
def test_one_rule_a_slot(text):
    with pytest.raises(RequestError, match=r"Plasticity.selection: takes one rule, got largest\(0.1\) and"):
        Plasticity.parse(text)


def test_sums_of_declarations():
    assert (subnet(3) + above(0.5)) == Plasticity.of(subnet(3)) + Plasticity.of(above(0.5))


def test_a_declaration_can_be_a_key():
    assert len({Plasticity.parse("largest(0.1)"), Plasticity.parse("largest(fraction=0.1)")}) == 1


@pytest.mark.parametrize("text", ["readout + subnet(3)", "fixed(0.1) + readout", "subnet(2) + fixed(0.5)"])
def test_one_path(text):
    with pytest.raises(RequestError, match=r"Plasticity.path: takes one rule, got \w+"):
        Plasticity.parse(text)


def test_all_slots_at_once():
    plasticity = Plasticity.parse("cache(0.1) + largest(0.1) + subnet(3) + lazy")
    assert str(plasticity) == "lazy + subnet(3) + largest(0.1) + cache(0.1)"
