"""Options of the Brian2 networks: how errors come back, and Dale's law."""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials, load_task

PROJECT = Path(__file__).parents[2]
NETWORKS = {
    "rate": load_module("model", "rate", PROJECT).RateNetwork,
    "spiking": load_module("model", "spiking", PROJECT).SpikingNetwork,
}
SEED = 4
N_PIXELS, N_CLASSES, N_HIDDEN = 9, 3, 8
STRONG = {
    "rate": {"learning_rate": 0.5, "learning_rate_output": 0.5, "sd_hidden": 0.5, "sd_output": 0.5},
    "spiking": {"learning_rate": 5.0, "learning_rate_output": 1.0, "sd_hidden": 0.5, "sd_output": 0.5},
}


@pytest.fixture(params=NETWORKS)
def model(request):
    return request.param


@pytest.fixture
def trials():
    rng = np.random.default_rng(5)
    images = Images(rng.integers(0, 256, (6, N_PIXELS), np.uint8), np.arange(6, dtype=np.uint8) % N_CLASSES)
    return Trials(images, np.arange(6))


def make_network(model, rule="plain", device="runtime", dtype="float64", **settings):
    sizes = N_PIXELS, N_CLASSES, N_HIDDEN
    return NETWORKS[model](*sizes, Plasticity.parse(rule), device, dtype, **STRONG[model] | settings)


def learn(network, trials, seed=SEED):
    state = network.initial_state(seed)
    network.present(state, trials, learn=True)
    return state


def take_first(trials):
    return Trials(trials.images, trials.indices[:1])


@pytest.mark.parametrize("feedback", ["random", "sign", "direct"])
def test_feedback_through_weights_equal_to_the_output_s_is_symmetric(model, trials, feedback):
    network = make_network(model, feedback=feedback)
    first_weights = network.initial_state(SEED).layers[1].weights.copy()
    (name,) = network.draw_feedback(SEED)
    network.draw_feedback = lambda seed: {name: first_weights}
    state, expected = learn(network, take_first(trials)), learn(make_network(model), take_first(trials))
    for layer, other in zip(state.layers, expected.layers, strict=True):
        assert layer.books.m0.any()
        # abs(w) sign(w) is w to the last bit.
        np.testing.assert_array_equal(layer.weights, other.weights)


@pytest.mark.parametrize("feedback", ["random", "sign", "direct"])
def test_feedback_weights_reach_the_hidden_layer_and_only_it(model, trials, feedback):
    network, other = (make_network(model, feedback=feedback, sd_feedback=sd) for sd in (0.2, 0.4))
    for name, weights in network.draw_feedback(SEED).items():
        np.testing.assert_allclose(2 * weights, other.draw_feedback(SEED)[name], rtol=1e-6)
    one, two = learn(network, take_first(trials)), learn(other, take_first(trials))
    moved, moved_twice = (state.layers[0].weights - state.layers[0].books.initial for state in (one, two))
    assert np.abs(moved).max() > 1e-3
    np.testing.assert_allclose(2 * moved, moved_twice, rtol=1e-6, atol=1e-12)
    np.testing.assert_array_equal(one.layers[1].weights, two.layers[1].weights)


def test_feedback_weights_are_of_the_seed_and_of_no_other_stream():
    network = make_network("rate", feedback="random", sd_feedback=2.0)
    one, same, other = (network.draw_feedback(seed)["hidden_to_output"] for seed in (1, 1, 2))
    assert one.shape == (N_HIDDEN + 1, N_CLASSES)
    np.testing.assert_array_equal(one, same)
    assert not np.isin(one, other).any()
    many = NETWORKS["rate"](4, 50, 400, Plasticity(), feedback="random", sd_feedback=2.0).draw_feedback(1)
    many = many["hidden_to_output"]
    # 20,050 numbers: 4 standard errors of their standard deviation.
    assert many.std() == pytest.approx(2.0, abs=4 * 2.0 / np.sqrt(2 * many.size))


def test_rate_network_is_its_equations_with_random_feedback_and_signs(trials):
    """At rest, a trial after another, in NumPy."""
    network = make_network("rate", feedback="random", dale=True, n_settle=50)
    state = network.initial_state(SEED)
    w, v = (layer.weights.copy() for layer in state.layers)
    signs, B = network.draw_signs(SEED), network.draw_feedback(SEED)["hidden_to_output"]
    m1 = [np.zeros(w.shape), np.zeros(v.shape)]
    x = np.pad(trials.images.pixels / 255, ((0, 0), (0, 1)), constant_values=1)
    for image, label in zip(x, trials.labels, strict=True):
        h = image @ w
        r = np.append(np.maximum(h, 0), 1)
        error = (np.arange(N_CLASSES) == label) - r @ v
        back = (B @ error)[:-1] * np.where(h > 0, 1, network.error_slope)
        for index, (weights, change) in enumerate(
            ((w, 0.5 * np.outer(image, back)), (v, 0.5 * np.outer(r, error)))
        ):
            before, sign = weights.copy(), signs[index][:, np.newaxis]
            weights += change
            np.copyto(weights, 0, where=weights * sign < 0)
            m1[index] += np.abs(weights - before)
    network.present(state, trials, learn=True)
    for layer, weights, spent in zip(state.layers, (w, v), m1, strict=True):
        np.testing.assert_allclose(layer.weights, weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, spent, rtol=0, atol=1e-12)
    assert any((weights[:-1] == 0).any() for weights in (w, v))  # the bound was met


def test_both_devices_are_one_network(trials):
    settings = {"feedback": "sign", "dale": True, "n_settle": 50}
    rule = "largest(0.5)"
    one, other = (
        learn(make_network("rate", rule, device, **settings), trials)
        for device in ("cpp_standalone", "runtime")
    )
    for layer, expected in zip(one.layers, other.layers, strict=True):
        assert layer.books.m0.any()
        np.testing.assert_array_equal(layer.books.m0, expected.books.m0)
        # NumPy's exp and the compiler's may differ in the last digit.
        np.testing.assert_allclose(layer.weights, expected.weights, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", ["plain", "largest(0.5)"])
def test_signs_never_change_and_the_books_are_what_happened(model, trials, rule):
    network = make_network(model, rule, dale=True, learning_rate=0.2, learning_rate_output=0.05)
    state = network.initial_state(SEED)
    spent = [np.zeros(layer.weights.shape) for layer in state.layers]
    n_stopped = 0
    for trial in range(len(trials)):
        before = [layer.weights.copy() for layer in state.layers]
        image = Trials(trials.images, trials.indices[[trial % len(trials)]], first=trial)
        network.present(state, image, learn=True)
        for layer, old, sum_, signs in zip(
            state.layers, before, spent, network.draw_signs(SEED), strict=True
        ):
            sum_ += np.abs(layer.weights - old)
            assert (layer.weights * signs[:, np.newaxis] >= 0).all()
            n_stopped += np.count_nonzero((layer.weights == 0) & (old != 0))
    assert n_stopped > 0
    for layer, sum_ in zip(state.layers, spent, strict=True):
        # Sums in another order.
        np.testing.assert_allclose(layer.books.m1, sum_, rtol=0, atol=1e-12)
    biases = np.concatenate([layer.weights[-1] for layer in state.layers])
    assert biases.min() < 0 < biases.max()


def test_single_precision_stops_at_zero_too(model, trials):
    state = learn(make_network(model, dtype="float32", dale=True), trials)
    assert any((layer.weights == 0).any() for layer in state.layers)


def test_transient_changes_have_no_sign(model):
    with pytest.raises(RequestError, match=r"dale: transient changes are not held to a sign, .* got cache"):
        make_network(model, "cache(0.1)", dale=True)


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("feedback", "fixed", r"\.feedback: must be one of symmetric, random, .*, learned, got 'fixed'"),
        ("sd_feedback", -1.0, r"\.sd_feedback: must be a number >= 0, got -1\.0"),
        ("excitatory", 1.0, r"\.excitatory: must be in \[0, 1\), got 1\.0"),
    ],
)
def test_what_is_not_allowed_is_refused(model, name, value, match):
    with pytest.raises(RequestError, match=match):
        make_network(model, **{name: value})


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("readout", "rates", r"\.readout: must be one of membrane, spikes, got 'rates'"),
        ("spike_trains", "bursts", r"\.spike_trains: must be one of poisson, regular, got 'bursts'"),
        ("tau_refrac_ms", -1.0, r"\.tau_refrac_ms: must be a number >= 0, got -1\.0"),
        ("psp_input", 0.0, r"\.psp_input: must be a number above 0, got 0\.0"),
        ("release_probability", 0.0, r"\.release_probability: must be in \(0, 1\], got 0\.0"),
    ],
)
def test_what_is_not_allowed_in_the_spiking_network_is_refused(name, value, match):
    with pytest.raises(RequestError, match=match):
        make_network("spiking", **{name: value})


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        pytest.param("rate", {"dale": True}, marks=pytest.mark.long),
        ("spiking", {"feedback": "random", "readout": "spikes", "tau_refrac_ms": 3.0}),
        pytest.param(
            "spiking",
            {"feedback": "sign", "spike_trains": "regular", "dale": True, "excitatory": 0.5},
            marks=pytest.mark.long,
        ),
        ("spiking", {"feedback": "learned", "reset": False, "p_input": 0.1, "psp_input": 2.0}),
        pytest.param("spiking", {"release_probability": 0.25}, marks=pytest.mark.long),
        ("rate", {"loss": "cross-entropy", "derivative": "psi", "sd_hidden": 0.12, "feedback": "learned"}),
    ],
    ids=str,
)
def test_learns(model, settings):
    task = load_task("mnist")
    network = NETWORKS[model](784, 10, 50, Plasticity()).with_settings(settings)
    state = network.initial_state(SEED)
    trials = Trials(task.train, np.arange(4000))
    outcome = network.present(state, trials, learn=True)
    # Chance is 0.1 with a standard error of 0.01.
    assert np.mean(outcome.predictions[-1000:] == trials.labels[-1000:]) > 0.6
