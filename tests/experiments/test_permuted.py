from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bioplast.loading import load_module
from bioplast.network import State, make_chain
from bioplast.network.weights import make_layers
from bioplast.plasticity import Plasticity

permuted = load_module("experiment", "permuted", Path(__file__).parents[2])


@pytest.fixture(scope="module")
def data():
    """Two tasks, of which the first loses 10 points under plain learning and none in subnets."""
    rows = []
    for point in permuted.STUDY.list_points():
        lost = 0.1 if point["label"] == "plain" else 0.0
        for task in (1, 2):
            then = 0.9 + 0.01 * point["seed"] / 5
            rows.append(
                {
                    **point,
                    "task": task,
                    "accuracy_then": then,
                    "accuracy": then - (lost if task == 1 else 0),
                    "m0": 1000 if point["label"] == "plain" else 100,
                    "m1": 10.0,
                }
            )
    return permuted.analyze(pd.DataFrame(rows))


def test_the_first_task_is_the_one_that_is_known_and_others_are_reordered():
    orders = [permuted.make_order(task, 1, 784) for task in range(3)]
    np.testing.assert_array_equal(orders[0], np.arange(784))
    for order in orders[1:]:
        np.testing.assert_array_equal(np.sort(order), np.arange(784))
        assert (order != np.arange(784)).mean() > 0.9
    assert (orders[1] != orders[2]).any()
    assert (permuted.make_order(1, 1, 784) == orders[1]).all()


def test_subnets_of_tasks_are_whole_and_share_nothing():
    network = SimpleNamespace(plasticity=Plasticity.parse("subnet(3)"))
    state = State(1, make_layers(make_chain(8, (9, 9), 4), 1, network.plasticity))
    masks = [permuted.take_new_paths(state, network, task) for task in range(4)]
    for layer in range(3):
        first = masks[0].layers[layer].plastic
        np.testing.assert_array_equal(first, state.layers[layer].plastic)
        for other in masks[1:3]:
            assert other.layers[layer].plastic.sum() == first.sum()
            assert not (other.layers[layer].plastic & first).any()
        # After three tasks all units were taken once.
        np.testing.assert_array_equal(masks[3].layers[layer].plastic, first)
    assert masks[1].layers[0].weights is state.layers[0].weights


def test_without_a_path_nothing_is_changed():
    network = SimpleNamespace(plasticity=Plasticity())
    state = State(1, make_layers(make_chain(8, 9, 4), 1, network.plasticity))
    assert permuted.take_new_paths(state, network, 1) is state


def test_what_is_lost_of_the_first_task_and_what_is_saved(data):
    lost = permuted.find_ends(data, "lost")["value"]
    assert lost["plain"] == pytest.approx(0.1)
    assert lost["subnet"] == pytest.approx(0)
    table = permuted.tabulate(data).set_index("label")
    assert table.loc["largest", "m0 saving"] == pytest.approx(10)
    assert table.loc["plain", "accuracy"] == pytest.approx(0.906 - 0.05)
    assert "the first task lost 10.0 points" in permuted.describe(data)["said"]
