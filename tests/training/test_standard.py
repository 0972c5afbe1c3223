from dataclasses import replace

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.training.standard import Standard


@pytest.fixture
def make_standard(make_task):
    def make(seed: int = 3, n_train: int = 120, goal: float = 0.9) -> Standard:
        return Standard(make_task(n_train), seed, goal, max_samples=1000)

    return make


@pytest.mark.parametrize(("n_train", "n_held_out"), [(60_000, 5_000), (120, 10), (7, 1), (2, 1)])
def test_split_is_disjoint_and_complete(make_standard, n_train, n_held_out):
    protocol = make_standard(n_train=n_train)
    held_out = protocol.validation.indices
    learned = protocol.order(0, protocol.epoch)
    assert len(held_out) == n_held_out
    assert protocol.epoch == n_train - n_held_out
    assert sorted([*held_out, *learned]) == list(range(n_train))
    assert protocol.validation.images is protocol.task.train


def test_too_few_images_are_refused(make_standard):
    with pytest.raises(RequestError, match="at least 2 training images, made up has 1"):
        make_standard(n_train=1)


def test_each_epoch_is_another_permutation_of_the_same_images(make_standard):
    protocol = make_standard()
    first, second = protocol.order(0, 110), protocol.order(110, 110)
    assert sorted(first) == sorted(second) == sorted(set(first))
    assert not np.array_equal(first, second)


def test_order_does_not_depend_on_where_chunks_begin(make_standard):
    whole = make_standard().order(0, 500)
    protocol = make_standard()
    pieces = [protocol.order(first, min(77, 500 - first)) for first in range(0, 500, 77)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_same_seed_same_split_and_order_and_another_seed_others(make_standard):
    one, same, other = make_standard(3), make_standard(3), make_standard(4)
    np.testing.assert_array_equal(one.order(0, 300), same.order(0, 300))
    np.testing.assert_array_equal(one.validation.indices, same.validation.indices)
    assert not np.array_equal(one.order(0, 300), other.order(0, 300))
    assert not np.array_equal(one.validation.indices, other.validation.indices)


def test_test_shows_every_test_image_once(make_standard):
    protocol = make_standard()
    np.testing.assert_array_equal(protocol.test.indices, np.arange(30))
    assert protocol.test.images is protocol.task.test
    assert {protocol.validation.stream, protocol.test.stream} == {1, 2}


@pytest.mark.parametrize(("online", "wanted"), [(0.5, False), (0.879, False), (0.881, True), (1.0, True)])
def test_validates_only_when_close_to_the_goal(make_standard, online, wanted):
    assert make_standard(goal=0.9).wants_validation(online) is wanted


def test_with_shifted_images_which_are_harder_validates_always(make_standard):
    assert replace(make_standard(goal=0.9), shift=1).wants_validation(0.5)


@pytest.mark.parametrize(("accuracy", "reached"), [(0.899, False), (0.9, True)])
def test_goal_itself_is_enough(make_standard, accuracy, reached):
    assert make_standard(goal=0.9).is_reached(accuracy) is reached


def test_gives_up_after_five_epochs_of_what_is_not_held_out(make_task):
    assert Standard.default_max_samples(make_task(120)) == 550


def test_rates_fall_to_nothing_in_equal_steps(make_standard):
    protocol = replace(make_standard(), interval=250, falling=True)
    chunks = [protocol.make_trials(samples, first=samples) for samples in (0, 250, 500, 750)]
    assert [chunk.rate for chunk in chunks] == [1, 0.75, 0.5, 0.25]
    assert {make_standard().make_trials(samples, 0).rate for samples in (0, 500)} == {1}


def test_only_images_that_are_learned_from_are_shifted(make_standard):
    protocol = make_standard()
    pixels = np.random.default_rng(0).integers(0, 256, protocol.task.train.pixels.shape, np.uint8)
    train = replace(protocol.task.train, pixels=pixels)
    protocol = replace(protocol, task=replace(protocol.task, train=train))
    shifted = replace(protocol, shift=1)
    plain, moved = (each.make_trials(0, first=0) for each in (protocol, shifted))
    np.testing.assert_array_equal(moved.labels, plain.labels)
    assert plain.images is protocol.task.train
    assert not np.array_equal(moved.images.pixels[moved.indices], plain.images.pixels[plain.indices])
    # No image of which a shifted copy was learned from is examined.
    assert not set(plain.indices) & set(shifted.validation.indices)
    for name in ("validation", "test"):
        mine, its = getattr(shifted, name), getattr(protocol, name)
        assert mine.images is its.images
        np.testing.assert_array_equal(mine.indices, its.indices)
