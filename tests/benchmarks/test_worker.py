"""A learner in a process of its own."""

import pytest

from benchmarks.worker import Worker, read_peak


def test_worker_learns_counts_and_measures():
    with Worker("kernel", "plain", 5) as worker:
        assert worker.learn(0, 20) > 0
        first = worker.count_writes()
        worker.learn(20, 20)
        assert worker.count_writes() > first > 0
        assert worker.measure_peak() > 60_000 * 784  # the task alone


def test_worker_that_ends_is_no_answer():
    with Worker("kernel", "plain", 5) as worker, pytest.raises(RuntimeError, match="ended with status 1"):
        worker._ask("no such request")


def test_peak_is_in_bytes():
    assert 10e6 < read_peak() < 1e12
