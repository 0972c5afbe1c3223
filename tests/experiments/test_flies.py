from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption

flies = load_module("experiment", "flies", Path(__file__).parents[2])


def find_survival(hazards):
    """Mean days lived, at most as many as there are hazards."""
    alive = np.cumprod(1 - np.asarray(hazards), axis=0)
    return 1 + alive[:-1].sum(axis=0)


def test_without_harm_only_the_reserve_counts():
    """No error, no change: life depends on the first reserve alone, and its mean can be worked out."""
    reserve = (np.arange(20_000) + 0.5) / 20_000
    expected = find_survival(np.tile(np.exp(-3.9 * reserve), (flies.N_DAYS, 1))).mean()
    for label, (_, constants) in flies.GATES.items():
        days = flies.live(label, constants[0], 0.0, 20_000, 3)
        assert abs(days.mean() - expected) < 4 * days.std() / np.sqrt(days.size)


def test_harm_shortens_lives_and_the_same_seed_is_the_same():
    spans = [flies.live("decaying only", (0, 0), harm, 5000, 1).mean() for harm in (0.0, 0.1, 0.5)]
    assert spans == sorted(spans, reverse=True)
    again = flies.live("decaying only", (0, 0), 0.1, 5000, 1)
    assert again.mean() == spans[1]
    assert (again.min(), again.max() <= flies.N_DAYS) == (1, True)


@pytest.mark.parametrize(
    ("label", "constants", "other"),
    [
        ("reserve", (-1.0, 0), "lasting only"),
        ("reserve", (1.0, 0), "decaying only"),
        ("surprise", (0, -1.0), "lasting only"),
        ("surprise", (0, 2.0), "decaying only"),
        ("their sum", (0.0, 0.0), "decaying only"),
        ("reserve or surprise", (1.0, 2.0), "decaying only"),
    ],
)
def test_a_gate_that_is_always_open_or_shut_is_one_memory_alone(label, constants, other):
    np.testing.assert_array_equal(
        flies.live(label, constants, 0.1, 500, 1), flies.live(other, (0, 0), 0.1, 500, 1)
    )


def test_tuning_takes_the_best(monkeypatch):
    monkeypatch.setattr(flies, "TUNING_FLIES", 300)
    flies.tune.cache_clear()
    best = flies.tune("reserve", 0.2)
    flies.tune.cache_clear()
    spans = [flies.live("reserve", c, 0.2, 300, flies.TUNING_SEED).mean() for c in flies.GATES["reserve"][1]]
    assert flies.live("reserve", best, 0.2, 300, flies.TUNING_SEED).mean() == max(spans)
    assert flies.TUNING_SEED not in {point["seed"] for point in flies.STUDY.list_points()}


@pytest.fixture
def data():
    """Gated flies live one and a half times as long as with the better memory alone, at every harm."""
    days = {"lasting only": 8.0, "decaying only": 10.0}
    rows = [
        {"label": label, "days": days.get(label, 15.0) + seed, "a": 0.1, "b": 0.2, **point}
        for point in flies.STUDY.list_points(quick=True, seeds=2)
        for label in flies.GATES
        for seed in [point["seed"] - 1]
    ]
    return flies.analyze(pd.DataFrame(rows)), pd.DataFrame(rows)


def test_gains(data):
    data, rows = data
    gain = flies.find_gain(data, "their sum", 0.05)
    assert gain.median == pytest.approx((15 / 10 + 16 / 11) / 2)
    table = flies.summarize(rows).set_index(["gate", "harm"])
    assert table.loc[("reserve", 0.2), "gain"] == pytest.approx(gain.median)
    assert np.isnan(table.loc[("lasting only", 0.2), "gain"])
    caption = fill_caption(flies.CAPTION, [], [], flies.describe(data))
    assert "their sum: longer at 2 of 2 harms above 0, at most 1.477 times" in caption
    with use_style():
        figure = flies.plot(data)
    assert [len(ax.get_lines()) for ax in figure.axes] == [12, 9]
