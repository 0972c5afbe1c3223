import pytest

from bioplast.errors import RequestError
from bioplast.studies.grid import make_product, make_seeds


def test_every_combination_with_the_last_axis_fastest():
    configs = make_product(model="ann", rule=["plain", "largest(0.1)"], seed=[1, 2])
    assert [(config.rule, config.seed) for config in configs] == [
        ("plain", 1),
        ("plain", 2),
        ("largest(0.1)", 1),
        ("largest(0.1)", 2),
    ]


def test_what_is_no_list_is_the_same_in_every_run():
    configs = make_product(model=("ann", "rate"), goal=0.9)
    assert [(config.model, config.goal) for config in configs] == [("ann", 0.9), ("rate", 0.9)]


def test_a_bad_value_is_refused_with_its_name():
    with pytest.raises(RequestError, match=r"goal.*1\.5"):
        make_product(model="ann", goal=[0.9, 1.5])


def test_seeds_count_from_one():
    assert make_seeds(3) == [1, 2, 3]


@pytest.mark.parametrize("n_seeds", [0, -1])
def test_fewer_than_one_seed_is_refused(n_seeds):
    with pytest.raises(RequestError, match=f"seeds: must be .* got {n_seeds}"):
        make_seeds(n_seeds)
