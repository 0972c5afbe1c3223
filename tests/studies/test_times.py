import json

import pytest

from bioplast.studies.point import Point, write_point
from bioplast.studies.times import POINT_SECONDS, SECONDS_PER_UNIT, Times
from bioplast.training.config import RunConfig


def store(results, config, seconds, experiment="some"):
    """What a run of ``config`` leaves that tells its time."""
    folder = results / experiment / f"{len(list(results.glob('*/*')))}"
    folder.mkdir(parents=True)
    split = {"build": 0.25 * seconds, "train": 0.5 * seconds, "evaluate": 0.25 * seconds}
    (folder / "run.json").write_text(json.dumps({"config": config.to_dict(), "seconds": split}))


def make(rule="plain", model="ann", hidden=100, **values):
    return RunConfig(model, rule=rule, hidden=hidden, **{"max_samples": 20_000} | values)


def test_where_nothing_is_stored_time_goes_with_size_and_samples(tmp_path):
    times = Times.read(tmp_path / "not there")
    assert times.expect(make()) == pytest.approx(SECONDS_PER_UNIT * 20_000 * 100)
    assert times.expect(make(hidden=(200, 100))) == pytest.approx(3 * times.expect(make()))
    assert times.expect(make(max_samples=2000)) == pytest.approx(times.expect(make()) / 10)
    assert times.expect(make(max_samples=10**9)) == times.expect(make(max_samples=None))
    assert times.expect(Point("some", {"load": 1.0})) == POINT_SECONDS


def test_runs_that_differ_by_the_seed_alone_tell_best(tmp_path):
    for seed, seconds in ((1, 3.0), (2, 5.0), (3, 40.0)):
        store(tmp_path, make("largest(0.1)", seed=seed), seconds)
    store(tmp_path, make("largest(0.3)"), 900.0)
    assert Times.read(tmp_path).expect(make("largest(0.1)", seed=9)) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        (make("largest(0.5)"), 8.0),  # the same kind of rule
        (make("largest(0.5)", hidden=200), 16.0),
        (make("largest(0.5)", max_samples=10_000), 4.0),
        (make("above(0.1)"), 6.0),  # the same network: the median of both
        (make(model="rate"), 8.0),  # any: the median of all three
    ],
)
def test_else_the_most_similar_runs_tell_by_their_size_and_samples(tmp_path, config, seconds):
    store(tmp_path, make("largest(0.1)"), 8.0)
    store(tmp_path, make("plain"), 4.0, "other")
    store(tmp_path, make(model="spiking"), 100.0, "other")
    assert Times.read(tmp_path).expect(config) == pytest.approx(seconds)


def test_points_tell_of_points_of_their_experiment(tmp_path):
    for number, (values, seconds) in enumerate(
        [({"part": "a", "load": 1}, 3.0), ({"part": "a", "load": 2}, 9.0), ({"part": "b", "load": 1}, 50.0)]
    ):
        write_point(tmp_path / "some" / str(number), Point("some", values | {"seed": 1}), [], seconds=seconds)
    times = Times.read(tmp_path)
    assert times.expect(Point("some", {"part": "a", "load": 2, "seed": 5})) == 9.0
    assert times.expect(Point("some", {"part": "a", "load": 7, "seed": 1})) == 6.0
    assert times.expect(Point("some", {"part": "new"})) == 9.0
    assert times.expect(Point("other", {"part": "a"})) == POINT_SECONDS


def test_what_cannot_be_read_says_nothing(tmp_path):
    for number, text in enumerate(
        ["", "[]", "{}", '{"config": {}, "seconds": {}}', '{"config": 3, "seconds": 4}']
    ):
        (tmp_path / "some" / str(number)).mkdir(parents=True)
        (tmp_path / "some" / str(number) / "run.json").write_text(text)
    (tmp_path / "some" / "figure.csv").write_text("")
    (tmp_path / "a file").write_text("")
    store(tmp_path, make(), 7.0)
    assert Times.read(tmp_path).expect(make(seed=2)) == pytest.approx(7.0)
