"""Chunks of trials by the kernel: the same as in NumPy, for every rule, in any division into chunks."""

import numpy as np
import pytest

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.dense import DenseRules, make_dense
from bioplast.backends.numeric.recurrent.reference import follow, judge, replay, show
from bioplast.backends.numeric.recurrent.trials import end_trial
from bioplast.backends.numeric.reference import change_layer
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Books
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Proposal
from bioplast.project import STUDY
from bioplast.randomness import make_rng
from bioplast.tasks import Trials, load_task

TASK = load_task("cues(n_cues=1, cue=30, silence=5, delay=15, recall=20, group=3)")
N_HIDDEN = 8
FAST = [
    "plain",
    "largest(0.2)",
    "largest(0.2, output=0.5)",
    "smallest(0.2)",
    "above(0.0005)",
    "above(0.0005, target=0.3, rate=0.2)",
    "adam(0.01)",
    "momentum(0.8)",
    "weight_decay(0.01)",
    "adam(0.01) + weight_decay(0.001) + momentum(0.5) + largest(0.3)",
    "cache(0.001, decay=0.01)",
    "cache(0.001, per=neuron) + largest(0.5)",
    "largest(0.5) + above(0.0001, target=0.2) + smallest(0.5)",
    "subnet(4) + largest(0.2)",
    "fixed(0.3)",
    "readout",
    "lazy",
    "lazy(0.9) + adam(0.01) + largest(0.1) + cache(0.01)",
]
SLOW = ["random(0.2)", "strongest(0.2)", "largest(0.2, per=neuron)", "largest_error(0.5) + lazy(0.6)"]


def make_model(rule, **settings):
    module = load_module("model", "recurrent", STUDY)
    model = module.make_network(
        n_pixels=TASK.n_pixels,
        n_classes=2,
        n_hidden=N_HIDDEN,
        plasticity=Plasticity.parse(rule),
        device="numba",
    )
    return model.with_settings({"weight_input": 3.0, **settings})


def learn(model, n_trials=25, task=TASK, chunks=1, seed=5):
    state = model.initial_state(seed)
    outcomes = []
    for indices in np.array_split(np.arange(n_trials), chunks):
        trials = Trials(task.train, indices, first=state.trial)
        outcomes.append(model.present(state, trials, learn=True))
    return state, np.concatenate([one.predictions for one in outcomes])


def check_equal(state, other, exact=True):
    assert state.trial == other.trial
    for one, two in zip(state.layers, other.layers, strict=True):
        check_layer(one, two, exact)


def check_layer(one, two, exact=True):
    pairs = {"weights": (one.weights, two.weights), "m1": (one.books.m1, two.books.m1)}
    pairs |= {name: (array, two.carried[name]) for name, array in one.carried.items()}
    np.testing.assert_array_equal(one.books.m0, two.books.m0)
    for name, (mine, theirs) in pairs.items():
        tolerance = 0 if exact else 1e-12
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=tolerance, err_msg=f"{one.name} {name}")
    assert one.books.maintenance == pytest.approx(two.books.maintenance, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", FAST)
def test_rules_in_machine_code_are_their_meaning(rule, dtype):
    """One layer and changes from anywhere: the chain of links against ``change_layer``, bit for bit."""
    model = make_model(rule, dtype=dtype)
    fast, slow = model.initial_state(1).layers[1], model.initial_state(1).layers[1]
    rules, maintenance, rng = DenseRules(model.plasticity), np.zeros(1), np.random.default_rng(2)
    synapses, chain = make_dense(fast), rules.make_chain(fast, maintenance)
    assert rules.is_fast
    kernel = compiled(end_trial, **{name: part for name, part in rules.parts.items() if name != "opens"})
    for trial in range(12):
        change = (0.01 * rng.standard_normal(fast.weights.shape) ** 3).astype(dtype)
        change[rng.random(change.shape) < 0.1] = 0
        synapses.change[...] = change
        opened = trial % 4 != 2
        kernel(synapses, chain, trial, opened)
        if opened:
            change_layer(slow, make_proposal(slow, change, trial), model.plasticity, Settings())
        if model.plasticity.consolidation is not None:
            slow.books.maintenance += model.plasticity.consolidation.decay_step(slow.carried["transient"])
        np.testing.assert_array_equal(synapses.effective, slow.effective)
    fast.books.maintenance += maintenance[0]
    assert (fast.books.m0.sum() > 0) == (rule != "readout")
    check_layer(fast, slow)


def make_proposal(layer, change, key):
    nothing = np.zeros(change.shape[1])
    memory = layer.carried.get("memory", np.zeros(0))
    return Proposal(layer.view, change, layer.effective, nothing, nothing, key, memory)


def test_a_chunk_by_the_kernel_is_one_by_their_meaning():
    rule = "lazy(0.9) + adam(0.01) + largest(0.3) + cache(0.01)"
    model, slow = make_model(rule), make_model(rule)
    assert model._chunks._rules.is_fast
    rules = slow._chunks._rules
    object.__setattr__(rules, "is_fast", False)
    object.__setattr__(rules, "parts", {"opens": rules.parts["opens"]})
    (fast_state, fast), (slow_state, expected) = learn(model), learn(slow)
    np.testing.assert_array_equal(fast, expected)
    assert sum(energy.m0 for energy in fast_state.energies.values()) > 0
    check_equal(fast_state, slow_state)


@pytest.mark.parametrize("rule", SLOW)
def test_rules_without_machine_code_run_too(rule):
    model = make_model(rule)
    assert not model._chunks._rules.is_fast
    state, _ = learn(model)
    plain, _ = learn(make_model("plain"))
    assert 0 < sum(e.m0 for e in state.energies.values()) < sum(e.m0 for e in plain.energies.values())
    check_equal(state, learn(make_model(rule), chunks=3)[0])


@pytest.mark.parametrize(
    "rule", ["adam(0.01) + largest(0.2) + cache(0.01, decay=0.01)", "above(0.0005, target=0.3)"]
)
def test_chunks_add_up(rule):
    check_equal(learn(make_model(rule))[0], learn(make_model(rule), chunks=7)[0])


@pytest.mark.parametrize(
    "settings", [{}, {"feedback": "symmetric", "answer": "steps"}, {"tau_syn": 4.0, "reset": "zero"}]
)
def test_learning_is_that_of_the_reference(settings):
    model = make_model("plain", dtype="float64", learning_rate=0.1, **settings)
    state, predictions = learn(model)
    other = model.initial_state(5)
    expected = [learn_in_numpy(model, other, trial) for trial in range(25)]
    np.testing.assert_array_equal(predictions, expected)
    assert np.abs(state.layers[1].weights - state.layers[1].books.initial).max() > 0.001
    check_equal(state, other, exact=False)


def learn_in_numpy(model, state, trial, task=TASK):
    """One trial by the references alone: the class that it is taken for."""
    cells, events = model.cells, task.train.events(np.array([trial]))
    c, beta = cells.make_constants(np.dtype(float)), cells.make_beta(N_HIDDEN, np.dtype(float))
    x = np.zeros((events.n_steps[0], events.n_units))
    x[events.steps, events.units] = 1
    weights = [layer.effective for layer in state.layers]
    activity = show(x, *weights, beta, c)
    if events.series.size:
        error, errors = follow(activity.y, events.series)
        answer = int(error <= events.tolerance)
    else:
        mean, errors = judge(activity.y, events.answer_from[0], events.labels[0], cells.answer)
        answer = mean.argmax()
    feedback = weights[2]
    if cells.feedback == "random":
        feedback = make_rng(5, "feedback").standard_normal(weights[2].shape, np.float32).astype(float)
    rates = state.layers[1].carried["rates"]
    rates += 0.03 * (activity.z.mean(axis=0) - rates)
    pull = cells.rate_cost * (rates - cells.rate_hz / 1000) / len(x)
    gradients = replay(activity, errors, feedback, pull, beta, c)
    for layer, gradient in zip(state.layers, gradients, strict=True):
        proposal = make_proposal(layer, -cells.learning_rate * gradient, trial)
        change_layer(layer, proposal, model.plasticity, Settings())
    state.trial += 1
    return answer


def test_series_are_followed():
    task = load_task("patterns-in-time(n_units=12, n_outputs=2, steps=80)")
    module = load_module("model", "recurrent", STUDY)
    model = module.make_network(
        n_pixels=12, n_classes=2, n_hidden=N_HIDDEN, plasticity=Plasticity(), device="numba"
    ).with_settings({"dtype": "float64", "learning_rate": 0.01})
    state, _ = learn(model, 5, task)
    other = model.initial_state(5)
    for trial in range(5):
        learn_in_numpy(model, other, trial, task)
    check_equal(state, other, exact=False)


def test_a_cell_does_not_reach_itself():
    state, _ = learn(make_model("plain"))
    among = state.layers[1]
    assert np.all(np.diag(among.weights) == 0)
    assert np.all(np.diag(among.books.m0) == 0)
    assert among.books.m0.sum() > 0


def test_books_are_those_of_what_happened():
    model = make_model("plain")
    state = model.initial_state(1)
    books = [Books.open(layer.weights) for layer in state.layers]
    for trial in range(6):
        before = [layer.weights.copy() for layer in state.layers]
        model.present(state, Trials(TASK.train, np.array([trial]), first=trial), learn=True)
        for book, old, layer in zip(books, before, state.layers, strict=True):
            book.record(old, layer.weights)
    for book, layer in zip(books, state.layers, strict=True):
        np.testing.assert_array_equal(book.m0, layer.books.m0)
        np.testing.assert_array_equal(book.m1, layer.books.m1)


def test_nothing_moves_without_learning():
    model = make_model("lazy(0.9) + adam(0.01) + largest(0.3) + cache(0.01)")
    state, fresh = model.initial_state(1), model.initial_state(1)
    model.present(state, Trials(TASK.train, np.arange(5)), learn=False)
    check_equal(state, fresh)


def test_signalling_counts_spikes():
    model = make_model("plain")
    outcome = model.present(model.initial_state(1), Trials(TASK.train, np.arange(5)), learn=False)
    events = TASK.train.events(np.arange(5))
    counts = outcome.signalling
    assert counts.spikes_input == events.steps.size
    assert counts.spikes_hidden > 0
    assert counts.synaptic_events == counts.spikes_input * N_HIDDEN + counts.spikes_hidden * (
        N_HIDDEN - 1 + 2
    )
