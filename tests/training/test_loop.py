import copy

import numpy as np
import pytest

from bioplast.plasticity import Plasticity
from bioplast.training.loop import EXAMINATION_CHUNK, Position, evaluate, train
from bioplast.training.protocol import Examination
from bioplast.training.standard import Standard

VALIDATION = 1


def always(accuracy):
    return lambda stream, samples: accuracy


def near_the_goal(stream, samples):
    return 0.5 if stream == VALIDATION else 0.9


@pytest.fixture
def make_protocol(make_task):
    def make(max_samples=200, goal=0.9, interval=40, seed=1):
        return Standard(make_task(), seed, goal, max_samples, interval)

    return make


def run(model, protocol, **options):
    state = model.initial_state(protocol.seed)
    return train(model, protocol, state, **options), state


def test_two_models_see_the_same_images_in_the_same_order(make_scripted, make_protocol):
    bad, good = make_scripted(always(0.1)), make_scripted(near_the_goal)
    run(bad, make_protocol())
    run(good, make_protocol())
    shown = np.concatenate(bad.indices(0))
    assert len(shown) == 200
    # The good one is validated in between, which must not move the order.
    assert len(good.indices(VALIDATION)) > len(bad.indices(VALIDATION))
    np.testing.assert_array_equal(np.concatenate(good.indices(0)), shown)


def test_no_validation_or_test_image_is_ever_learned_from(make_scripted, make_protocol):
    model, protocol = make_scripted(near_the_goal), make_protocol()
    run(model, protocol)
    learned = np.concatenate([trials.indices for trials, learn in model.shown if learn])
    assert not set(learned) & set(protocol.validation.indices)
    assert all(trials.images is protocol.task.train for trials, learn in model.shown if learn)
    assert all(learn == (trials.stream == 0) for trials, learn in model.shown)


def test_stops_when_validation_is_at_the_goal(make_scripted, make_protocol):
    improving = make_scripted(lambda stream, samples: 1.0 if samples >= 80 else 0.5)
    position, state = run(improving, make_protocol())
    # The chunk of trials 80..119 is the first whose online accuracy is near the goal.
    assert (position.samples, state.trial) == (120, 120)
    assert position.converged
    assert not position.diverged
    assert (position.online, position.validation) == (1.0, 1.0)


def test_online_accuracy_alone_does_not_stop(make_scripted, make_protocol):
    rote = make_scripted(lambda stream, samples: 0.5 if stream == VALIDATION else 1.0)
    position, _ = run(rote, make_protocol())
    assert not position.converged
    assert (position.samples, position.validation) == (200, 0.5)


def test_gives_up_at_the_limit_which_need_not_be_a_whole_chunk(make_scripted, make_protocol):
    model = make_scripted(always(0.5))
    position, _ = run(model, make_protocol(max_samples=90))
    assert position.samples == 90
    assert [len(chunk) for chunk in model.indices(0)] == [40, 40, 10]
    assert not position.converged


def test_validates_far_from_the_goal_only_at_the_end(make_scripted, make_protocol):
    model = make_scripted(always(0.5))
    position, _ = run(model, make_protocol())
    assert len(model.indices(VALIDATION)) == 1
    assert [row["validation"] for row in position.trace] == [None, None, None, None, 0.5]


def test_goal_reached_in_the_last_chunk_counts(make_scripted, make_protocol):
    model = make_scripted(lambda stream, samples: 0.95 if stream == VALIDATION else 0.1)
    assert run(model, make_protocol())[0].converged


def test_trace_holds_energy_per_layer_and_in_total(make_scripted, make_protocol):
    position, _ = run(make_scripted(always(0.5)), make_protocol(max_samples=80))
    first, last = position.trace
    assert list(first) == [
        "samples",
        "online",
        "validation",
        "m0",
        "m1",
        "m0 input->hidden",
        "m1 input->hidden",
        "m0 hidden->output",
        "m1 hidden->output",
    ]
    # Every trial adds 1 to each of the 6 and 4 weights.
    assert (first["samples"], first["m0"], first["m1"]) == (40, 400, 400.0)
    assert (last["m0 input->hidden"], last["m1 hidden->output"]) == (480, 320.0)


def test_signalling_counts_only_what_was_learned_from(make_scripted, make_protocol):
    model = make_scripted(near_the_goal)
    position, _ = run(model, make_protocol())
    assert len(model.indices(VALIDATION)) == 5
    assert position.signalling.macs == 10 * 200


def test_trials_are_numbered_through(make_scripted, make_protocol):
    model = make_scripted(always(0.5))
    run(model, make_protocol())
    assert [trials.first for trials, learn in model.shown if learn] == [0, 40, 80, 120, 160]


def test_report_is_called_at_the_start_and_after_each_chunk(make_scripted, make_protocol):
    samples = []
    run(make_scripted(always(0.5)), make_protocol(), report=lambda position: samples.append(position.samples))
    assert samples == [0, 40, 80, 120, 160, 200]


def test_time_to_build_is_not_time_to_train(make_scripted, make_protocol, monkeypatch):
    class Slow(make_scripted):
        """Each chunk takes 5 s, 3 of them to build."""

        def present(self, state, trials, *, learn):
            self.clock = getattr(self, "clock", 0.0) + 5.0
            self.build_seconds += 3.0
            return super().present(state, trials, learn=learn)

    model = Slow(always(0.5))
    monkeypatch.setattr("bioplast.training.loop.time.perf_counter", lambda: getattr(model, "clock", 0.0))
    position, _ = run(model, make_protocol())
    assert position.train_seconds == 5 * 2.0
    assert position.evaluate_seconds == 2.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weight_that_is_no_number_ends_the_run(make_scripted, make_protocol, value):
    class Diverging(make_scripted):
        def present(self, state, trials, *, learn):
            outcome = super().present(state, trials, learn=learn)
            if state.trial == 80:
                state.layers[1].weights[0, 0] = value
            return outcome

    model = Diverging(lambda stream, samples: 0.95 if samples >= 40 else 0.1)
    position, _ = run(model, make_protocol(goal=0.97))
    assert position.diverged
    assert not position.converged
    assert position.samples == 80
    # Near the goal, but a network of no numbers is not examined.
    assert model.indices(VALIDATION) == []
    assert position.validation is None


def test_goes_on_from_between_two_chunks_as_if_uncut(tiny, make_task):
    model = tiny.make_network(
        n_pixels=2, n_classes=2, n_hidden=4, plasticity=Plasticity(), device="cpp_standalone"
    )
    protocol = Standard(make_task(), 1, 1.0, 300, interval=70)
    checkpoints = []
    state = model.initial_state(1)
    whole = train(
        model,
        protocol,
        state,
        report=lambda position: checkpoints.append((copy.deepcopy(position), copy.deepcopy(state))),
    )
    assert len(checkpoints) == 6
    for position, resumed in checkpoints:
        end = train(model, protocol, resumed, position)
        assert end.trace == whole.trace
        assert end.signalling == whole.signalling
        for layer, expected in zip(resumed.layers, state.layers, strict=True):
            np.testing.assert_array_equal(layer.weights, expected.weights)
            np.testing.assert_array_equal(layer.books.m1, expected.books.m1)


def test_big_sets_are_examined_in_pieces_that_are_numbered_through(make_scripted, make_task):
    task = make_task(n_test=25_000)
    model = make_scripted(always(1.0))
    position = Position()
    accuracy = evaluate(model, model.initial_state(0), Examination(task.test, np.arange(25_000), 2), position)
    assert accuracy == 1.0
    assert [len(chunk) for chunk in model.indices(2)] == [EXAMINATION_CHUNK, EXAMINATION_CHUNK, 5_000]
    assert [trials.first for trials, _ in model.shown] == [0, 10_000, 20_000]
