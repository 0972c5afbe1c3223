"""What is timed against each other does the same work."""

import numpy as np
import pytest

from benchmarks import learners
from benchmarks.learners import LEARNERS, is_there, make_learner
from bioplast.tasks import load_task

RULES = ("plain", "largest(0.1)", "largest(0.02, output=0.5)", "subnet(7)", "subnet(7) + largest(0.1)")


OTHERS = [name for name in LEARNERS if name != "kernel" and is_there(name)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", OTHERS)
def test_others_learn_and_write_as_the_kernel_does(name, rule):
    task = load_task("mnist")
    indices = np.arange(60)
    kernel = make_learner("kernel", task, rule, 20)
    learner = make_learner(name, task, rule, 20)
    assert np.array_equal(learner.learn(task.train, indices), kernel.learn(task.train, indices))
    # A hidden unit at rest, or two changes of one size, may fall to the other synapses by rounding.
    assert learner.n_writes == pytest.approx(kernel.n_writes, rel=1e-3)
    assert learner.m1 == pytest.approx(kernel.m1, rel=1e-3)
    assert kernel.n_writes > 0


def test_what_needs_a_package_that_is_not_there_is_not_there(monkeypatch):
    monkeypatch.setitem(learners.PACKAGES, "lean", "no_such_package")
    assert not is_there("lean")
    assert is_there("dense")
