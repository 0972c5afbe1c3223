from pathlib import Path

import pandas as pd
import pytest

from bioplast.loading import load_module

experiment = load_module("experiment", "generalization", Path(__file__).parents[2])


@pytest.fixture(scope="module")
def data():
    """Half as many errors again with subnets, of which one seed did not learn enough."""
    rows = []
    for seed in (1, 2, 3):
        for label, tuned in experiment.TUNED.items():
            factor = 1.5 if label == "subnet(k)" else 1.0
            train = 0.5 if (label, seed) == ("subnet(k)", 3) else 0.98
            cell = {"label": label, "rule": tuned.rule, "learned": 0.97, "limit": 9, "seed": seed}
            rows.append(
                cell | {"samples": 8, "train": train, "test": 1 - 0.02 * seed * factor, "m0": 10 * factor}
            )
    return experiment.analyze(pd.DataFrame(rows))


def test_points_have_the_rates_that_were_tuned():
    for point in experiment.STUDY.list_points():
        assert point["learning_rate"] == experiment.TUNED[point["label"]].options["learning_rate"]


def test_errors_are_relative_to_plain_of_those_that_learned_enough(data):
    ratios = experiment.ratios(data)
    assert ratios["value"].to_dict() == pytest.approx(dict.fromkeys(experiment.KINDS, 1) | {"subnet(k)": 1.5})
    assert ratios.loc["subnet(k)", "n"] == 2


def test_headline_tells_the_range(data):
    said = experiment.headline(data)
    assert said.startswith("At 97 % of the training images right, test errors are 1.00 (")
    assert said.endswith("1.50 (subnet(k)) times plain's")


def test_headline_names_rules_that_never_learned_enough(data):
    missed = data.assign(converged=data["converged"].where(data["label"] != "largest(f)", False))
    assert experiment.headline(missed).endswith("times plain's; largest(f) did not get there")
