"""What a network sees, in C++ and in Python, against the images and the random numbers themselves."""

import numpy as np
import pytest

from bioplast.backends.programs.images import images_file
from bioplast.backends.programs.stimulus import MAX_STEPS, Screen, Stimulus
from bioplast.randomness import make_key
from bioplast.tasks import Images, Trials
from bioplast.tasks.poisson import trial_keys, uniform

N_INPUTS = 7
N_LIT, N_STEPS = 8, 13
INDICES = np.array([2, 0, 1, 3, 3, 2])
WANTED = [f"reports.{name}" for name in ("t", "i", "light", "shown", "train", "even_train")]
WANTED += ["spikes.t", "spikes.i"]


def find_trains(images, p):
    """(n_trials, n_lit, n_inputs) bool from the definition: a uniform number below p times the pixel."""
    keys = trial_keys(make_key(7, "spikes"), 0, 40 + np.arange(len(INDICES)))
    levels = (
        np.hstack([images.pixels[INDICES], np.full((len(INDICES), 1), 255)]) / 255
    )  # (n_trials, n_inputs)
    counters = np.arange(1, N_LIT + 1)[:, None] * N_INPUTS + np.arange(N_INPUTS)
    return np.array([uniform(key, counters) < p * level for key, level in zip(keys, levels, strict=True)])


def to_bits(trains):
    return (trains.astype(np.int64) << np.arange(1, N_LIT + 1)[:, None]).sum(axis=1)


@pytest.fixture(params=["cpp_standalone", "runtime"])
def run(request, make_toy, values, stimulus):
    runner = make_toy().make_runner(request.param)

    def run(**changes):
        return runner.run(values | {f"inputs.{name}": v for name, v in changes.items()}, stimulus, WANTED)

    return run


def test_pixels_and_labels(run, images):
    results = run()
    np.testing.assert_array_equal(
        results["reports.i"].reshape(6, N_INPUTS), np.tile(np.arange(N_INPUTS), (6, 1))
    )
    light = results["reports.light"].reshape(6, N_INPUTS)
    assert light.dtype == np.float32
    np.testing.assert_array_equal(light[:, :-1], images.pixels[INDICES] / np.float32(255))
    np.testing.assert_array_equal(light[:, -1], 1)
    labels = results["reports.shown"].reshape(6, N_INPUTS)
    np.testing.assert_array_equal(labels, np.tile(images.labels[INDICES], (N_INPUTS, 1)).T)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_trains_are_the_random_numbers_and_spikes_the_trains(run, images, p):
    results = run(p=p)
    trains = find_trains(images, p)
    assert 0 < trains.sum() < trains.size
    np.testing.assert_array_equal(results["reports.train"].reshape(6, N_INPUTS), to_bits(trains))
    step = np.rint(results["spikes.t"] / 1e-3).astype(int)
    fired = np.zeros_like(trains)
    fired[step // N_STEPS, step % N_STEPS - 1, results["spikes.i"]] = True
    np.testing.assert_array_equal(fired, trains)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_regular_trains_have_even_distances_and_as_many_spikes_as_expected(run, images, p):
    trains = run(p=p)["reports.even_train"].reshape(6, N_INPUTS, 1)
    fired = trains >> np.arange(1, N_LIT + 1) & 1  # (n_trials, n_inputs, n_lit)
    np.testing.assert_array_equal((fired << np.arange(1, N_LIT + 1)).sum(axis=-1), trains[..., 0])
    rate = p * np.pad(images.pixels[INDICES] / 255, ((0, 0), (0, 1)), constant_values=1)
    # One more or less by where the input begins; 32 bits of the rate are kept.
    assert (np.abs(fired.sum(axis=-1) - N_LIT * rate) < 1 + 1e-8).all()
    for train, chance in zip(fired.reshape(-1, N_LIT), rate.ravel(), strict=True):
        for distance in np.diff(np.flatnonzero(train)):
            assert abs(distance - 1 / chance) < 1


def test_probability_0_never_fires(run):
    results = run(p=0.0)
    assert results["reports.train"].size == 6 * N_INPUTS
    assert not results["reports.train"].any()
    assert results["spikes.i"].size == 0


def test_probability_1_always_fires_where_white_and_never_where_black(run, images):
    trains = run(p=1.0)["reports.train"].reshape(6, N_INPUTS)
    every_step = sum(1 << step for step in range(1, N_LIT + 1))
    assert (trains[:, -1] == every_step).all()  # the input that is always on
    assert (trains[:, :-1][images.pixels[INDICES] == 255] == every_step).all()
    assert (trains[:, :-1][images.pixels[INDICES] == 0] == 0).all()


def test_longest_train_has_a_spike_in_its_last_step():
    images = Images(np.full((1, 2), 255, np.uint8), np.zeros(1, np.uint8))
    screen = Screen()
    screen.stimulus = Stimulus.of(Trials(images, np.array([0])), 1)
    train = screen.poisson_train(0, np.arange(3), MAX_STEPS, 1.0)
    assert train.dtype == np.int64
    assert (train == sum(1 << step for step in range(1, MAX_STEPS + 1))).all()
    assert (train > 0).all()
    assert [int(screen.fires(train, step)[0]) for step in (0, 1, MAX_STEPS)] == [0, 1, 1]


def test_keys_go_with_seed_stream_and_number_of_the_trial(images):
    def keys(first=0, stream=0, seed=7, n=4):
        return Stimulus.of(Trials(images, np.zeros(n, np.int64), first, stream), seed).trials["key"]

    whole = keys(n=10)
    np.testing.assert_array_equal(whole, trial_keys(make_key(7, "spikes"), 0, np.arange(10)))
    np.testing.assert_array_equal(keys(first=3), whole[3:7])
    others = np.concatenate([whole, keys(stream=1), keys(stream=2), keys(seed=8)])
    assert np.unique(others).size == others.size


def test_trials_and_images_as_a_program_reads_them(images, stimulus):
    record = np.dtype([("image", "<i4"), ("label", "<i4"), ("key", "<u4"), ("draws", "<u4", 8)])
    shown = np.frombuffer(stimulus.trials.tobytes(), record)
    np.testing.assert_array_equal(shown["image"], INDICES)
    np.testing.assert_array_equal(shown["label"], images.labels[INDICES])
    levels = np.fromfile(images_file(stimulus.images), np.uint8).reshape(4, N_INPUTS)
    np.testing.assert_array_equal(levels, np.pad(images.pixels, ((0, 0), (0, 1)), constant_values=255))


def test_image_that_is_not_there_is_refused_before_a_program_reads_it(images):
    with pytest.raises(IndexError, match="out of bounds"):
        Stimulus.of(Trials(images, np.array([4])), 1)


def test_screen_stays_at_the_last_trial_until_the_network_stops(stimulus):
    screen = Screen()
    screen.stimulus = stimulus
    assert screen.label(5) == screen.label(6) == 2
    assert [bool(screen.is_over(trial)) for trial in (0, 5, 6, 7)] == [False, False, True, True]


def test_regular_inputs_of_one_gray_do_not_fire_in_step():
    images = Images(np.full((1, 20), 100, np.uint8), np.zeros(1, np.uint8))
    screen = Screen()
    screen.stimulus = Stimulus.of(Trials(images, np.array([0])), 1)
    trains = screen.regular_train(0, np.arange(20), 50, 0.5)
    assert np.unique(trains).size > 4
    np.testing.assert_array_equal(trains, screen.regular_train(0, np.arange(20), 50, 0.5))


@pytest.mark.parametrize("device", ["cpp_standalone", "runtime"])
def test_images_made_for_one_chunk_are_those_of_the_chunk(make_toy, values, images, device):
    """The same program is shown one set of images after the other, none of which is kept."""
    runner = make_toy().make_runner(device)
    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(0, 256, images.pixels.shape, np.uint8)
        passing = Images(pixels, images.labels, passing=True)
        results = runner.run(values, Stimulus.of(Trials(passing, INDICES), 7), WANTED)
        light = results["reports.light"].reshape(6, N_INPUTS)[:, :-1]
        np.testing.assert_array_equal(light, pixels[INDICES] / np.float32(255))
