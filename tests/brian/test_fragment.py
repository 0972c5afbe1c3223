"""What a rule and the books add to synapses, with changes and books worked out by hand."""

import numpy as np
import pytest

from bioplast.backends.programs.stimulus import Stimulus
from bioplast.plasticity.forms import BrianForm
from bioplast.tasks import Images, Trials

ABOVE = BrianForm("theta", "abs(delta_w) >= cutoff", {"theta": 0.0})
SHAPE = (7, 3)
WANTED = ["synapses.w", "synapses.m0", "synapses.m1"]
DEVICES = ["cpp_standalone", "runtime"]


@pytest.fixture
def run(make_toy, values):
    """Weights and books, (7, 3) each, after showing some images, each once."""

    def run(pixels, *, device="cpp_standalone", form=None, dtype="float32", **changes):
        toy = make_toy(dtype=dtype) if form is None else make_toy(form, dtype)
        pixels = np.array(pixels, np.uint8)
        images = Images(pixels, np.zeros(len(pixels), np.uint8))
        stimulus = Stimulus.of(Trials(images, np.arange(len(pixels))), 1)
        given = {name.replace("__", "."): value for name, value in changes.items()}
        start = {name: value for name, value in values.items() if form is None or "n_written" not in name}
        results = toy.make_runner(device).run(start | given, stimulus, WANTED)
        return [results[name].reshape(SHAPE) for name in WANTED]

    return run


@pytest.mark.parametrize("device", DEVICES)
def test_books_by_hand(run, device):
    # White (1), half (51 / 255 = 0.2) and the unit that is always on; gains 1, -0.5, 0.25.
    w, m0, m1 = run([[255, 51, 0, 0, 0, 0]] * 2, device=device, synapses__n_written=4)
    # Proposals, twice: 1, -0.5, 0.25 (white and always on); 0.2, -0.1, 0.05. The fourth largest size is
    # 0.5, which two synapses share with it: 1, 1, 0.5, 0.5.
    expected = np.zeros(SHAPE)
    expected[[0, 6]] = [2, -1, 0]
    np.testing.assert_array_equal(w, 1 + expected)
    np.testing.assert_array_equal(m0, 2 * (expected != 0))
    np.testing.assert_array_equal(m1, np.abs(expected))
    assert (m0.dtype, m1.dtype) == (np.int64, np.float64)


@pytest.mark.parametrize("device", DEVICES)
def test_ties_are_all_written(run, device):
    _, m0, _ = run([[255] * 6], device=device, synapses__n_written=3)
    np.testing.assert_array_equal(m0, np.tile([1, 0, 0], (7, 1)))


@pytest.mark.parametrize("device", DEVICES)
def test_fewer_changes_than_may_be_written(run, device):
    _, m0, _ = run([[0] * 6], device=device, synapses__n_written=20)
    np.testing.assert_array_equal(m0, [[0, 0, 0]] * 6 + [[1, 1, 1]])


@pytest.mark.parametrize("device", DEVICES)
def test_synapses_off_the_path_neither_compete_nor_change(run, device):
    plastic = np.ones(SHAPE, bool)
    plastic[:, 0] = False  # the largest changes
    w, m0, m1 = run(
        [[255, 51, 0, 0, 0, 0]], device=device, synapses__n_written=2, synapses__plastic=plastic.ravel()
    )
    expected = np.zeros(SHAPE)
    expected[[0, 6], 1] = -0.5
    np.testing.assert_array_equal(w, 1 + expected)
    np.testing.assert_array_equal(m0, expected != 0)
    np.testing.assert_array_equal(m1, np.abs(expected))


@pytest.mark.parametrize("form", [None, ABOVE], ids=["competing", "alone"])
def test_compiled_code_does_not_go_to_synapses_off_the_path(make_toy, values, stimulus, form):
    plastic = np.zeros(SHAPE, bool)
    plastic[:4, 1:] = True
    start = values | {"synapses.plastic": plastic.ravel()}
    if form is not None:
        start["synapses.theta"] = start.pop("synapses.n_written") / 100
    toy = make_toy() if form is None else make_toy(form)
    results = toy.make_runner("cpp_standalone").run(start, stimulus, ["synapses.n_proposed"])
    n_trials = len(stimulus.trials)
    np.testing.assert_array_equal(results["synapses.n_proposed"].reshape(SHAPE), n_trials * plastic)


@pytest.mark.parametrize("device", DEVICES)
def test_books_go_on_from_where_they_were(run, device):
    m0, m1 = np.arange(21), np.linspace(0, 1, 21)
    _, m0_after, m1_after = run(
        [[0] * 6], device=device, synapses__n_written=1, synapses__m0=m0, synapses__m1=m1
    )
    m0[18], m1[18] = m0[18] + 1, m1[18] + 1
    np.testing.assert_array_equal(m0_after.ravel(), m0)
    np.testing.assert_array_equal(m1_after.ravel(), m1)


@pytest.mark.parametrize("device", DEVICES)
def test_what_rounding_does_to_a_change_is_booked(run, device):
    # A weight of 1 in single precision has steps of 2**-23 upwards.
    gain = np.array([2**-26, 2**-23 * 1.25, 0.1])
    w, m0, m1 = run([[0] * 6], device=device, synapses__n_written=21, targets__gain=gain)
    np.testing.assert_array_equal(w[6], np.float32(1) + np.array([0, 2**-23, 0.1], np.float32))
    np.testing.assert_array_equal(m0[6], [0, 1, 1])
    np.testing.assert_array_equal(m1[6], w[6].astype(np.float64) - 1)
    assert m1[6, 2] != float(np.float32(0.1))


@pytest.mark.parametrize("device", DEVICES)
def test_small_changes_add_up_in_the_books(run, device):
    # In single precision 2**24 + 1 is 2**24.
    m1 = np.full(21, 2.0**24)
    _, _, m1_after = run([[0] * 6] * 3, device=device, synapses__n_written=1, synapses__m1=m1)
    assert m1_after[6, 0] == 2**24 + 3


def test_a_rule_without_competition_writes_above_its_cutoff(run):
    w, m0, m1 = run([[255, 51, 0, 0, 0, 0]], device="runtime", form=ABOVE, synapses__theta=0.2)
    expected = np.zeros(SHAPE)
    expected[[0, 6]] = [1, -0.5, 0.25]
    expected[1, 0] = 0.2
    np.testing.assert_array_equal(m0, expected != 0)
    np.testing.assert_array_equal(w, np.float32(1) + expected.astype(np.float32))
    np.testing.assert_array_equal(m1, np.abs(w.astype(np.float64) - 1))


def test_cutoff_0_writes_every_change_and_books_no_zero(run):
    _, m0, _ = run(
        [[255, 51, 0, 0, 0, 0]],
        device="runtime",
        form=ABOVE,
        synapses__theta=0.0,
        targets__gain=np.array([1.0, 0.0, 1.0]),
    )
    np.testing.assert_array_equal(m0[[0, 1, 6]], [[1, 0, 1]] * 3)
    assert m0.sum() == 6
