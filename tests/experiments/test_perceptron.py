from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

ROOT = Path(__file__).parents[2]
perceptron = load_module("experiment", "perceptron", ROOT)

STEPS = (2, 10, 80)
# By threshold and relative to plain learning's m1, maintenance at a cost of 1.
M1 = {2: 0.5, 10: 0.1, 80: 0.02}
MAINTENANCE = {2: 10.0, 10: 50.0, 80: 400.0}


def make_rows():
    rows = [
        {
            "part": "load",
            "load": load,
            "seed": seed,
            "inefficiency_m1": 100.0 * load * seed,
            "theory": 70.0 * load,
        }
        for load in (1.0, 1.9)
        for seed in (1, 2, 3)
    ]
    for label in perceptron.WAYS:
        for seed in (1, 2, 3):
            for step in STEPS:
                rows.append(
                    {
                        "part": "cache",
                        "load": 1.0,
                        "seed": seed,
                        "label": label,
                        "threshold": step,
                        "converged": not (label == "τ = 3,000" and step == 80),
                        "m1": M1[step],
                        "maintenance": MAINTENANCE[step],
                        "theory m1": 2 * M1[step],
                        "theory maintenance": MAINTENANCE[step],
                        **{f"best {cost:g}": 10.0 + seed for cost in perceptron.COSTS},
                    }
                )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def data():
    return perceptron.analyze(make_rows())


def pick(data, **values):
    for name, value in values.items():
        data = data[data[name] == value]
    return data


def test_energy_is_m1_and_priced_maintenance(data):
    energies = pick(data, panel="b", label="c = 0.01", kind="median").set_index("threshold")["energy"]
    assert energies.astype(float).to_dict() == pytest.approx({2: 0.6, 10: 0.6, 80: 4.02})
    theory = pick(data, panel="b", label="c = 0.01", kind="theory").set_index("threshold")["energy"]
    assert theory.astype(float).to_dict() == pytest.approx({2: 1.1, 10: 0.7, 80: 4.04})


def test_optimum_of_each_cost_and_way(data):
    optima = perceptron.find_optima(data).set_index(["panel", "label"])
    assert optima.loc[("b", "c = 0"), "threshold"] == 80
    assert optima.loc[("b", "c = 0"), "saving"] == pytest.approx(50)
    assert not optima.loc[("b", "c = 0"), "is_inside"]
    assert optima.loc[("b", "c = 0.001"), "threshold"] == 10
    assert optima.loc[("b", "c = 0.001"), "saving"] == pytest.approx(1 / 0.15)
    assert optima.loc[("b", "c = 0.001"), "theory"] == 12
    assert np.isinf(optima.loc[("c", "τ = 3,000"), "right"])
    assert np.isnan(optima.loc[("c", "τ = 3,000"), "theory"])


def test_inefficiency_beside_the_theory(data):
    measured, theory = perceptron.find_inefficiency(data, 1.9)
    assert (measured.median, measured.low, measured.high, measured.n) == pytest.approx((380, 190, 570, 3))
    assert theory == pytest.approx(133)
    table = perceptron.tabulate(data).set_index(["what", "at"])
    row = table.loc[("M1 / minimum", "load 1.9")]
    assert row[["measured", "measured low", "measured high", "theory"]].tolist() == pytest.approx(
        [380, 190, 570, 133]
    )


def test_caption_says_what_is_seen(data):
    caption = fill_caption(perceptron.CAPTION, [], [], perceptron.describe(data))
    assert "At a load of 1.9 the median is 380 (190 to 570), the theory's 133." in caption
    assert "c = 0.001: cheapest at 10 (theory 12.0), 6.7 times less than plain." in caption


@pytest.mark.parametrize(("part", "label"), [("load", None), ("cache", "no decay"), ("cache", "τ = 3,000")])
def test_a_small_perceptron_is_measured(monkeypatch, part, label):
    monkeypatch.setattr(perceptron, "N_INPUTS", 40)
    point = {"part": part, "load": 1.0, "seed": 1, "label": label, "steps": "1 4"}
    rows = perceptron.measure(point, ROOT)
    if part == "load":
        assert rows[0]["inefficiency_m1"] > 1
        assert rows[0]["theory"] == pytest.approx(np.sqrt(40 * np.pi))
        return
    first, second = rows
    assert [row["threshold"] for row in rows] == [1, 4]
    if label == "no decay":  # of steps of 1, the threshold of 1 keeps back nothing
        assert (first["m1"], first["maintenance"], first["converged"]) == (1.0, 0.0, True)
    assert second["m1"] < first["m1"]
    assert second["maintenance"] > 0
