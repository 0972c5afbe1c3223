import pytest

from bioplast.errors import RequestError
from bioplast.studies.grid import Grid, list_grids, make_seeds


def test_every_combination_with_the_seed_fastest_and_cells_slowest():
    grid = Grid(cells=[{"rule": "a", "hidden": 1}, {"rule": "b", "hidden": 2}], goal=[0.8, 0.9], seeds=2)
    found = [tuple(values.values()) for values in grid.list_settings()]
    assert found == [
        (rule, hidden, goal, seed)
        for rule, hidden in (("a", 1), ("b", 2))
        for goal in (0.8, 0.9)
        for seed in (1, 2)
    ]
    assert grid.names == {"rule", "hidden", "goal"}


def test_what_is_no_list_is_the_same_everywhere():
    assert Grid(model=("ann", "rate"), goal=0.9).list_settings() == [
        {"model": "ann", "goal": 0.9, "seed": 1},
        {"model": "rate", "goal": 0.9, "seed": 1},
    ]


@pytest.mark.parametrize(
    ("options", "asked", "seeds"),
    [
        ({}, None, [1]),
        ({"seeds": 3}, None, [1, 2, 3]),
        ({"seeds": 3}, 5, [1, 2, 3, 4, 5]),
        ({"seeds": 3, "capped": True}, 5, [1, 2, 3]),
        ({"seeds": 3, "capped": True}, 2, [1, 2]),
    ],
)
def test_seeds_are_its_own_or_those_asked_for_and_never_more_where_it_is_capped(options, asked, seeds):
    assert [values["seed"] for values in Grid(**options).list_settings(asked)] == seeds


def test_nothing_is_repeated_where_nothing_depends_on_a_seed():
    assert Grid(part="cells", seeds=None).list_settings(7) == [{"part": "cells"}]


def test_one_grid_or_several():
    grid = Grid(model="ann")
    assert list_grids(grid) == list_grids([grid]) == [grid]


def test_a_grid_of_no_seeds_is_refused_where_it_is_made():
    with pytest.raises(ValueError, match=r"Grid.seeds: must be .* got 0"):
        Grid(model="ann", seeds=0)


def test_seeds_count_from_one():
    assert make_seeds(3) == [1, 2, 3]


@pytest.mark.parametrize("n_seeds", [0, -1])
def test_fewer_than_one_seed_is_refused(n_seeds):
    with pytest.raises(RequestError, match=f"seeds: must be .* got {n_seeds}"):
        make_seeds(n_seeds)
