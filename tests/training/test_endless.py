"""The protocol of endless tasks: no trial comes twice, and fresh ones confirm."""

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import load_task
from bioplast.training.endless import Endless
from bioplast.training.loop import Position, train
from bioplast.training.protocols import find_protocol
from bioplast.training.standard import Standard

TASK = load_task("cues(n_cues=1, cue=5, silence=0, delay=0, recall=5, n_test=40)")


def make_protocol(seed=1, goal=0.9, max_samples=4000):
    return Endless(TASK, seed, goal, max_samples)


def test_no_trial_comes_twice():
    protocol, other = make_protocol(), make_protocol(seed=2)
    learned = np.concatenate([protocol.order(0, 700), protocol.order(700, 300)])
    np.testing.assert_array_equal(learned, protocol.order(0, 1000))
    shown = np.concatenate(
        [learned, protocol.validation.indices, other.order(0, 1000), other.validation.indices]
    )
    assert len(np.unique(shown)) == 2 * (1000 + 512)
    assert shown.min() >= 0
    assert not np.intersect1d(protocol.order(2**30 - 5, 5), protocol.validation.indices).size


def test_the_test_set_is_fixed():
    np.testing.assert_array_equal(make_protocol(seed=1).test.indices, make_protocol(seed=2).test.indices)
    assert make_protocol().test.images is TASK.test
    assert len(make_protocol().test.indices) == 40


@pytest.mark.parametrize(
    ("accuracies", "samples", "validated"),
    [
        ({0: (0.5, 1.0), 500: (0.95, 0.97)}, 1000, [False, True]),  # the first chunk is not at the goal
        ({0: (0.95, 0.8), 500: (0.95, 0.95)}, 1000, [True, True]),  # fresh trials do not confirm the first
        ({}, 1500, [False, False, True]),  # at the end, in any case
    ],
)
def test_online_accuracy_decides_and_fresh_trials_confirm(make_scripted, accuracies, samples, validated):
    def find_accuracy(stream, trial):
        online, fresh = accuracies.get(trial if stream == 0 else trial - 500, (0.5, 0.5))
        return online if stream == 0 else fresh

    model, protocol = make_scripted(find_accuracy), make_protocol(max_samples=1500)
    position = train(model, protocol, model.initial_state(1), Position())
    assert position.samples == samples
    assert position.converged == bool(accuracies)
    assert [row["validation"] is not None for row in position.trace] == validated
    assert all(len(indices) == 512 for indices in model.indices(1))


def test_the_standard_of_an_endless_task_is_endless():
    assert find_protocol("standard", TASK) is Endless
    assert find_protocol("endless", TASK) is Endless
    finite = load_task("randman(n_classes=2, n_train=6, n_validation=3, n_test=2)")
    assert find_protocol("standard", finite) is Standard
    protocol = Standard(finite, 1, 0.9, 100)
    assert protocol.epoch == 12
    assert protocol.validation.images is finite.validation
    assert len(protocol.validation.indices) == 6
    assert sorted(protocol.order(0, 12)) == list(range(12))


def test_refused():
    with pytest.raises(RequestError, match=r"^protocol: the trials of mnist are a fixed set, learned by"):
        find_protocol("endless", load_task("mnist"))
    with pytest.raises(RequestError, match=r"are endless, learned by endless, got 'paper'$"):
        find_protocol("paper", TASK)
    with pytest.raises(RequestError, match=r"^max_samples: a seed has at most 1073741824 trials, got 107"):
        make_protocol(max_samples=2**30 + 1)
