from pathlib import Path

import pandas as pd
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module

experiment = load_module("experiment", "spiking_perceptron", Path(__file__).parents[2])


@pytest.fixture
def rows():
    """Three seeds; at 0.1 mV a fifth, a quarter and a tenth are spent, at 0.5 mV one seed does not learn."""
    energies = {0.1: (0.2, 0.25, 0.1), 0.5: (0.3, 0.4, 0.05)}
    return pd.DataFrame(
        {
            "seed": seed,
            "n_patterns": 60,
            "n_epochs": 25,
            "thresholds": "0.1 0.5",
            "threshold": threshold,
            "energy": energy,
            "share_right": 0.5 if (threshold, seed) == (0.5, 3) else 0.95,
            "plain_share_right": 1.0,
            "m1": 10.0,
            "maintenance": 1.0,
        }
        for threshold, values in energies.items()
        for seed, energy in zip((1, 2, 3), values, strict=True)
    )


def test_points_have_a_seed_each_and_all_thresholds():
    points = experiment.STUDY.list_points()
    assert [point["seed"] for point in points] == [1, 2, 3, 4, 5]
    assert {point["thresholds"] for point in points} == {"0.05 0.1 0.2 0.5"}
    assert len(experiment.STUDY.list_points(quick=True, seeds=2)) == 2


def test_medians_are_of_the_seeds_that_learned(rows):
    data = experiment.analyze(rows)
    medians = data[data["kind"] == "median"].set_index("threshold")["energy"]
    assert medians.to_dict() == {0.1: 0.2, 0.5: pytest.approx(0.35)}


def test_the_best_threshold_and_its_saving(rows):
    data = experiment.analyze(rows)
    (best,) = experiment.find_optimum(data).to_dict("records")
    assert (best["threshold"], best["saving"], best["n"]) == (0.1, 5.0, 3)
    assert experiment.describe(data)["best"] == "Saved at 0.1 mV, the best threshold: 80 (75 to 90) %."


def test_one_seed_alone_has_no_interval(rows):
    words = experiment.describe(experiment.analyze(rows[rows["seed"] == 1]))
    assert words["best"] == "Saved at 0.1 mV, the best threshold: 80 %."


def test_a_run_that_did_not_learn_is_open(rows):
    with use_style():
        figure = experiment.plot(experiment.analyze(rows))
    (left, right) = figure.axes
    faces = [line.get_markerfacecolor() for line in left.lines if line.get_linestyle() == "None"]
    assert "white" in faces
    assert left.get_xlabel() == right.get_xlabel() == "Threshold (mV)"
