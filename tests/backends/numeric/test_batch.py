"""Matrix products against the kernel: where they answer, they say what it says."""

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.numeric import reference
from bioplast.backends.numeric.batch import answer
from bioplast.backends.numeric.centred import Centred
from bioplast.backends.numeric.chunk import Chunks
from bioplast.backends.numeric.encoding import Encoding, Rates
from bioplast.backends.numeric.settings import Settings
from bioplast.network import State, make_chain
from bioplast.network.weights import make_layers
from bioplast.sizes import Hidden
from bioplast.tasks.task import Images, Trials

N_PIXELS, N_HIDDEN, N_CLASSES, N_TRIALS = 40, 30, 10, 500
PAPER = Settings(slope=0.1, clamps_first=True, books_proposals=True)


def make_state(
    rule: str,
    settings: Settings = PAPER,
    dtype: str = "float32",
    sd: float = 0.3,
    hidden: Hidden = N_HIDDEN,
) -> State:
    layers = make_layers(
        make_chain(N_PIXELS, hidden, N_CLASSES, sds=(sd, sd), has_bias=not settings.clamps_first),
        1,
        Plasticity.parse(rule),
        dtype,
    )
    return State(1, layers)


@pytest.fixture(scope="module")
def trials() -> Trials:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (N_TRIALS, N_PIXELS), dtype=np.uint8)
    labels = rng.integers(0, N_CLASSES, N_TRIALS, dtype=np.uint8)
    return Trials(Images(pixels, labels), rng.permutation(N_TRIALS))


def predict(state: State, trials: Trials, chunks: Chunks, *, at_once: bool) -> tuple[np.ndarray, int]:
    """Predictions and macs, by the kernel alone unless ``at_once``."""
    show = chunks._show if at_once else chunks._run
    base = np.zeros((len(trials), N_CLASSES), state.layers[0].weights.dtype)
    outcome = show(state, state.layers, trials, base, 0, learn=False)
    return outcome.predictions, outcome.signalling.macs


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("encoding", [Centred(), Rates()], ids=lambda encoding: encoding.name)
@pytest.mark.parametrize("settings", [PAPER, Settings()], ids=["clamped", "bias"])
def test_predictions_are_those_of_the_kernel(
    trials: Trials, settings: Settings, encoding: Encoding, dtype: str
) -> None:
    state = make_state("plain", settings, dtype)
    known, _ = predict(state, trials, Chunks(settings, encoding, Plasticity.parse("plain")), at_once=False)
    base = np.zeros((N_TRIALS, N_CLASSES), dtype)
    answers = answer(tuple(state.layers), trials, base, encoding, settings)
    sure = np.setdiff1d(np.arange(N_TRIALS), answers.doubtful)
    assert sure.size > 0.9 * N_TRIALS
    assert np.array_equal(answers.predictions[sure], known[sure])


@pytest.mark.parametrize("rule", ["plain", "subnet(10)"])
def test_testing_after_learning_at_two_hidden_layers(trials: Trials, rule: str) -> None:
    """The whole way, with units that are frozen in the first hidden layer."""
    chunks = Chunks(PAPER, Centred(), Plasticity.parse(rule))
    state = make_state(rule, hidden=(30, 20))
    chunks.present(state, trials, learn=True)
    by_products = chunks.present(state, trials, learn=False)
    by_reference = reference.present(
        state,
        trials,
        settings=PAPER,
        encoding=Centred(),
        plasticity=Plasticity.parse(rule),
        learn=False,
    )
    assert np.array_equal(by_products.predictions, by_reference.predictions)
    assert by_products.signalling == by_reference.signalling
    assert len(set(by_products.predictions)) > 3


@pytest.mark.parametrize("rule", ["plain", "largest(0.1)", "subnet(10)", "cache(0.01)"])
def test_testing_after_learning(trials: Trials, rule: str) -> None:
    chunks = Chunks(PAPER, Centred(), Plasticity.parse(rule))
    state = make_state(rule)
    chunks.present(state, trials, learn=True)
    by_kernel, by_products = (predict(state, trials, chunks, at_once=flag) for flag in (False, True))
    assert np.array_equal(by_products[0], by_kernel[0])
    assert by_products[1] == by_kernel[1]


def test_near_ties_are_left_to_the_kernel(trials: Trials) -> None:
    """Two outputs a rounding apart: what wins is a matter of the order of addition."""
    state = make_state("plain", sd=1.0)
    output = state.layers[1].weights
    output[:, 1] = output[:, 0] * (1 + 1e-7)
    output[:, 2:] = -10 * np.abs(output[:, 2:])
    chunks = Chunks(PAPER, Centred(), Plasticity.parse("plain"))
    answers = answer(tuple(state.layers), trials, np.zeros((N_TRIALS, N_CLASSES), "f4"), Centred(), PAPER)
    known, _ = predict(state, trials, chunks, at_once=False)
    is_tie = known < 2
    assert is_tie.sum() > 10
    assert set(np.flatnonzero(is_tie)) <= set(answers.doubtful)
    assert np.array_equal(predict(state, trials, chunks, at_once=True)[0], known)


def test_what_comes_from_elsewhere_counts(trials: Trials) -> None:
    state = make_state("plain")
    base = np.zeros((N_TRIALS, N_CLASSES), np.float32)
    base[:, 7] = 1e4
    answers = answer(tuple(state.layers), trials, base, Centred(), PAPER)
    assert answers.doubtful.size == 0
    assert np.all(answers.predictions == 7)


def test_no_answer_of_a_network_that_diverged(trials: Trials) -> None:
    state = make_state("plain")
    state.layers[0].weights[0, 0] = np.nan
    answers = answer(tuple(state.layers), trials, np.zeros((N_TRIALS, 10), "f4"), Centred(), PAPER)
    assert answers.doubtful.size == N_TRIALS
    assert answers.macs == 0
