import itertools

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import load_task
from bioplast.tasks.cues import Cues


def find_shortcut(n_last, n_cues=7, bias=0.3):
    """How often the majority of the last cues is right, by going through all series of cues."""
    right = 0.0
    for sides in itertools.product((0, 1), repeat=n_cues):
        n = sum(sides)
        probability = 0.5 * sum(p**n * (1 - p) ** (n_cues - n) for p in (bias, 1 - bias))
        right += probability * ((2 * sum(sides[-n_last:]) > n_last) == (2 * n > n_cues))
    return right


@pytest.mark.parametrize(("n_last", "published"), [(1, 0.727), (3, 0.831), (5, 0.907), (7, 1.0)])
def test_shortcuts(n_last, published):
    expected = find_shortcut(n_last)
    assert round(expected, 3) == published
    trials, n = Cues().make().train, 4000
    sides, labels = trials.sides(np.arange(n)), trials.labels_of(np.arange(n))
    found = np.mean((2 * sides[:, -n_last:].sum(axis=1) > n_last) == labels)
    assert abs(found - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)


def test_trial_is_as_published():
    task = load_task("cues")
    assert (task.name, task.n_pixels, task.n_classes, task.shape) == ("cues", 40, 2, (2250, 40))
    assert len(task.test) == 512
    n = 400
    events = task.train.events(np.arange(n))
    assert np.all(events.answer_from == 2100)
    trial = np.repeat(np.arange(n), np.diff(events.starts))
    group = events.units // 10
    # Numbers of spikes are binomial: within 5 standard errors of what the rates say.
    for number, expected in ((2, 150 * 10 * 0.04), (3, 2250 * 10 * 0.01)):
        counts = np.bincount(trial[group == number], minlength=n)
        assert abs(counts.mean() - expected) < 5 * np.sqrt(expected / n)
    sides = task.train.sides(np.arange(n))
    right = np.bincount(trial[group == 1], minlength=n)
    assert abs(np.mean(right - 40 * sides.sum(axis=1))) < 5 * np.sqrt(140 / n)
    # Cues and recall come when they are due.
    cue, into = np.divmod(events.steps[group < 2], 150)
    assert into.min() >= 50
    assert cue.max() == 6
    assert np.array_equal(sides[trial[group < 2], cue], group[group < 2] == 1)
    assert events.steps[group == 2].min() >= 2100


def test_trials_are_functions_of_their_number():
    train = Cues().make().train
    both, second = train.events(np.array([3, 2**62 + 1])), train.events(np.array([2**62 + 1]))
    first = both.starts[1]
    np.testing.assert_array_equal(both.steps[first:], second.steps)
    np.testing.assert_array_equal(both.units[first:], second.units)
    np.testing.assert_array_equal(both.labels, train.labels_of(np.array([3, 2**62 + 1])))
    assert not np.array_equal(both.steps[:first], second.steps)


def test_sets_and_seeds_differ():
    one, two = load_task("cues"), load_task("cues(seed=2)")
    numbers = np.arange(5)
    assert not np.array_equal(one.train.events(numbers).steps, one.test.events(numbers).steps)
    assert not np.array_equal(one.train.events(numbers).steps, two.train.events(numbers).steps)
    assert len({one.digest, two.digest, load_task("cues(n_cues=5)").digest}) == 3
    assert load_task("cues").digest == one.digest


def test_values_of_its_own():
    task = load_task("cues(5, cue=20, delay=10, n_test=7)")
    assert task.shape == (5 * 70 + 10 + 150, 40)
    assert task.name == "cues(n_cues=5, cue=20, delay=10, n_test=7)"
    assert load_task(task.name).digest == task.digest
    assert len(task.test) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cues(n_cues=4)", "Cues.n_cues: must be odd, so that one side has more, got 4"),
        ("cues(n_cues=0)", "Cues.n_cues: must be a whole number >= 1, got 0"),
        ("cues(bias=0.7)", r"Cues.bias: must be in \(0, 0.5\], got 0.7"),
        ("cues(rate_hz=1000)", r"Cues.rate_hz: must be in \(0, 1000\), got 1000"),
        ("cues(cue=long)", "Cues.cue: must be a whole number >= 1, got 'long'"),
        ("cues(color=3)", "task: cues takes n_cues, .*, seed, got 'color=3'"),
        ("cues(seed=-1)", "Cues.seed: must be a whole number >= 0, got -1"),
    ],
)
def test_refused(text, message):
    with pytest.raises(RequestError, match=f"^{message}$"):
        load_task(text)
