"""The names a user imports."""

import bioplast
from bioplast.plasticity import RULES, Plasticity


def test_every_rule_has_its_text_name():
    assert {name: getattr(bioplast, name) for name in RULES} == RULES
    assert set(bioplast.__all__) == {*RULES, "Plasticity"}


def test_rules_add_up_to_a_declaration():
    rule = bioplast.largest(0.1) + bioplast.cache(0.04)
    assert rule == Plasticity.parse("largest(0.1) + cache(0.04)")
