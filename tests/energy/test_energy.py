import pytest

from bioplast.energy import Energy


def test_inefficiency():
    energy = Energy(m0=6, m1=3.0, m0_min=2, m1_min=0.5)
    assert energy.inefficiency_m0 == 3
    assert energy.inefficiency_m1 == 6


def test_inefficiency_is_unknown_before_anything_changed():
    assert Energy().inefficiency_m0 is None
    assert Energy().inefficiency_m1 is None


def test_layers_add_up():
    total = Energy(1, 2.0, 1, 1.0, 0.5) + Energy(3, 4.0, 2, 0.25, 0.0)
    assert total == Energy(4, 6.0, 3, 1.25, 0.5)


def test_as_a_record():
    assert Energy(m0=6, m1=3.0, m0_min=2, m1_min=0.5).to_dict() == {
        "m0": 6,
        "m1": 3.0,
        "m0_min": 2,
        "m1_min": 0.5,
        "inefficiency_m0": 3.0,
        "inefficiency_m1": pytest.approx(6.0),
        "maintenance": 0.0,
    }
