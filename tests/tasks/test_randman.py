from dataclasses import replace

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.tasks import load_task
from bioplast.tasks.randman import Randman, _keep_drawn, _sum_sines


@pytest.fixture(scope="module")
def task():
    return load_task("randman")


def test_sums_of_sines():
    rng = np.random.default_rng(1)
    x, frequencies, phases, heights = rng.random(7), 1000 * rng.random(50), rng.random(50), rng.random(50)
    expected = np.sin(2 * np.pi * (x[:, None] * frequencies + phases)) @ heights
    found = _sum_sines(x, frequencies, phases, heights.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=50 * 1e-6)  # single precision


def test_each_unit_spikes_once(task):
    assert (task.n_pixels, task.n_classes, task.shape) == (20, 10, (100, 20))
    assert [len(one) for one in (task.train, task.validation, task.test)] == [8000, 1000, 1000]
    events = task.train.events(np.array([0, 7999]))
    np.testing.assert_array_equal(events.labels, [0, 9])
    np.testing.assert_array_equal(events.starts, [0, 20, 40])
    for trial in range(2):
        assert sorted(events.units[20 * trial : 20 * trial + 20]) == list(range(20))
    assert np.all(np.diff(events.steps[:20]) >= 0)
    latencies = np.concatenate([one.latencies for one in (task.train, task.validation, task.test)])
    assert (latencies.min(), latencies.max()) == (0, 50)
    assert np.all(events.n_steps == 100)


def test_a_linear_readout_is_not_enough_and_neighbors_are(task):
    x, test = (np.c_[one.latencies, np.ones(len(one))] for one in (task.train, task.test))
    weights = np.linalg.lstsq(x, np.eye(10)[task.train.labels], rcond=None)[0]
    assert 0.35 < np.mean((test @ weights).argmax(axis=1) == task.test.labels) < 0.5
    nearest = [np.square(x - one).sum(axis=1).argmin() for one in test]
    assert np.mean(task.train.labels[nearest] == task.test.labels) > 0.99


def test_seeds_differ_and_last(task):
    small = "randman(n_train=5, n_validation=1, n_test=2, n_classes=3, seed=4)"
    assert load_task(small).digest == load_task(small).digest
    assert load_task(small).digest != load_task(small.replace("seed=4", "seed=5")).digest
    assert str(Randman(seed=1)) == "randman"


def test_what_was_drawn_is_kept_for_other_processes(monkeypatch, tmp_path):
    small = Randman(n_classes=2, n_train=4, n_validation=1, n_test=1)
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    drawn = _keep_drawn(small)
    np.testing.assert_array_equal(drawn, small.draw())
    assert _keep_drawn(replace(small, seed=2)).shape == drawn.shape
    monkeypatch.setattr(Randman, "draw", None)
    np.testing.assert_array_equal(_keep_drawn(small), drawn)


def test_where_nothing_can_be_kept_it_is_drawn(monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    small = Randman(n_classes=2, n_train=4, n_validation=1, n_test=1)
    np.testing.assert_array_equal(_keep_drawn(small), small.draw())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("randman(n_classes=1)", "Randman.n_classes: must be a whole number >= 2, got 1"),
        ("randman(steps=50)", "Randman.steps: must be a whole number >= 51, got 50"),
        ("randman(alpha=0)", "Randman.alpha: must be a number >= 0.1, got 0"),
    ],
)
def test_refused(text, message):
    with pytest.raises(RequestError, match=f"^{message}$"):
        load_task(text)
