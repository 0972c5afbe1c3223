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


TWICE = [
    (
        "largest(0.1) + largest(0.2)",
        r"Plasticity.selection: takes largest once, got largest\(0.1\) and",
    ),
    ("subnet(1) + subnet(2)", r"Plasticity.path: takes subnet once, got subnet\(1\) and subnet\(2\)"),
    ("momentum + momentum(0.5)", r"Plasticity.transforms: takes momentum once, got momentum and momentum"),
    ("lazy + lazy(0.5)", r"Plasticity.gate: takes one rule, got lazy and lazy\(confidence=0.5\)"),
    ("cache(1) + cache(2)", r"Plasticity.consolidation: takes one rule, got cache\(1\) and cache\(2\)"),
]


@pytest.mark.parametrize(("text", "message"), TWICE)
def test_no_rule_twice(text, message):
    with pytest.raises(RequestError, match=message):
        Plasticity.parse(text)


def test_sums_of_declarations():
    assert (subnet(3) + above(0.5)) == Plasticity.of(subnet(3)) + Plasticity.of(above(0.5))


def test_a_declaration_can_be_a_key():
    assert len({Plasticity.parse("largest(0.1)"), Plasticity.parse("largest(fraction=0.1)")}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "readout + subnet(3)",
        "subnet(2) + fixed(0.5) + largest(0.1)",
        "momentum(momentum=0.5) + weight_decay(0.1) + largest(0.1) + random(0.5) + cache(0.1)",
        "lazy + adam + subnet(3) + above(0.1) + strongest(0.5)",
    ],
)
def test_a_chain_of_any_length_reads_back(text):
    plasticity = Plasticity.parse(text)
    assert str(plasticity) == text
    assert Plasticity.parse(str(plasticity)) == plasticity
    assert plasticity + Plasticity() == plasticity


def test_plain_adds_nothing_to_a_chain():
    assert Plasticity.parse("largest(0.1) + plain") == Plasticity.parse("largest(0.1)")


def test_all_slots_at_once():
    plasticity = Plasticity.parse("cache(0.1) + largest(0.1) + subnet(3) + lazy")
    assert str(plasticity) == "lazy + subnet(3) + largest(0.1) + cache(0.1)"
