import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import Images, Trials
from bioplast.tasks.sequences import draw_events, find_events, join_events


def test_events_of_trials_of_any_length():
    events = join_events(
        3,
        [np.array([7, 2]), np.zeros(0, np.int64), np.array([4])],
        n_steps=np.array([3, 1, 2]),
        answer_from=np.zeros(3, np.int64),
        labels=np.zeros(3, np.int64),
    )
    np.testing.assert_array_equal(events.starts, [0, 2, 2, 3])
    np.testing.assert_array_equal(events.steps, [0, 2, 1])
    np.testing.assert_array_equal(events.units, [2, 1, 1])
    assert len(events) == 3


@pytest.mark.parametrize("probability", [0.01, 0.5, 0.99])
def test_each_place_holds_an_event_with_the_same_probability(probability):
    rng, n = np.random.default_rng(3), 2000
    counts = sum(np.bincount(draw_events(rng, 20, probability), minlength=20) for _ in range(n))
    spread = np.sqrt(n * probability * (1 - probability))
    assert np.abs(counts - n * probability).max() < 4.5 * spread


def test_images_have_no_events():
    images = Images(np.zeros((1, 4), np.uint8), np.zeros(1, np.uint8))
    with pytest.raises(RequestError, match=r"^trials: must be of a task in time, got images$"):
        find_events(Trials(images, np.array([0])))
