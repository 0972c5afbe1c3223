import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import load_task
from bioplast.training.config import RunConfig
from bioplast.training.paper import Paper
from bioplast.training.run import set_up


@pytest.fixture
def protocol(patterns):
    task = load_task(str(patterns))
    return Paper(task, seed=1, goal=0.9, max_samples=1200)


def test_draws_with_replacement(protocol):
    drawn = protocol.order(0, 240)
    assert drawn.min() >= 0
    assert drawn.max() < 240
    # Of 240 images about 1 - 1/e are seen when 240 are drawn.
    assert 120 < len(np.unique(drawn)) < 185


def test_order_is_a_function_of_the_trial(protocol):
    whole = protocol.order(0, 700)
    np.testing.assert_array_equal(protocol.order(230, 300), whole[230:530])
    assert not np.array_equal(whole[:240], whole[240:480])


def test_stops_on_the_test_set_above_the_goal(protocol):
    assert protocol.validation.images is protocol.task.test
    np.testing.assert_array_equal(protocol.validation.indices, np.arange(60))
    assert protocol.wants_validation(0.0)
    assert not protocol.is_reached(0.9)
    assert protocol.is_reached(0.91)


def test_gives_up_after_five_epochs(protocol):
    assert Paper.default_max_samples(protocol.task) == 5 * 240


def test_a_network_that_is_not_made_for_it(study, patterns):
    config = RunConfig(model="tiny", task=str(patterns), protocol="paper")
    with pytest.raises(RequestError, match="protocol: tiny learns by standard, got 'paper'"):
        set_up(config, project=study)
