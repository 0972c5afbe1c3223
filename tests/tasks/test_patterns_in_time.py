import numpy as np

from bioplast.tasks import load_task


def test_the_same_trial_again_and_again():
    task = load_task("patterns-in-time")
    assert (task.n_pixels, task.n_classes, task.shape) == (100, 1, (1000, 100))
    events = task.train.events(np.array([5, 2**50]))
    first, second = np.split(events.steps, [events.starts[1]])
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(events.labels, task.train.labels_of(np.arange(2)))
    # 100 units at 50 Hz for a second.
    assert abs(first.size - 5000) < 5 * np.sqrt(5000)
    np.testing.assert_array_equal(first, task.test.events(np.arange(1)).steps)


def test_the_series_is_a_sum_of_four_sines():
    series = load_task("patterns-in-time(n_outputs=3)").train.events(np.array([0])).series
    assert series.shape == (1000, 3)
    np.testing.assert_allclose(series.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.abs(series).max(axis=0), 1)
    t = np.arange(1000)
    waves = [f(2 * np.pi * t / (part * 1000)) for part in (1.0, 0.5, 0.333, 0.2) for f in (np.sin, np.cos)]
    basis = np.column_stack([*waves, np.ones(1000)])
    fitted = basis @ np.linalg.lstsq(basis, series, rcond=None)[0]
    np.testing.assert_allclose(fitted, series, atol=1e-10)
    assert np.abs(np.corrcoef(series.T) - np.eye(3)).max() < 0.999


def test_seeds_differ():
    assert load_task("patterns-in-time").digest != load_task("patterns-in-time(seed=2)").digest
