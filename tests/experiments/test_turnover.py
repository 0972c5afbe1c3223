from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bioplast.loading import load_module

ROOT = Path(__file__).parents[2]
turnover = load_module("experiment", "turnover", ROOT)


def make_rows(label, seed, *, index):
    point = {"label": label, "rule": turnover.RULES[label], "seed": seed, "samples": 1000, "trials": 20}
    values = [
        *(("overlap", lag, 0.5 / lag) for lag in (1, 2, 5)),
        ("chance", 0, 0.01),
        *(("concentration", share, share) for share in (0.0, 0.5, 1.0)),
        ("index", 0, index),
        *(("winners", group, 0.1 * group) for group in (1, 2)),
    ]
    return [point | {"panel": panel, "x": x, "y": y} for panel, x, y in values]


@pytest.fixture(scope="module")
def rows():
    return pd.DataFrame(
        row
        for label, index in (("plain", 1.0), ("largest(0.01)", 0.2), ("fixed(0.01)", 0.01))
        for seed in (1, 2, 3)
        for row in make_rows(label, seed, index=index * (1 - 0.1 * (seed == 3)))
    )


@pytest.fixture(scope="module")
def data(rows):
    return turnover.analyze(rows)


def test_overlap_is_of_what_one_trial_wrote():
    written = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0]], bool)
    assert turnover.compute_overlap(written, 1) == 0.5  # (1 of 2) and (1 of 2)
    assert turnover.compute_overlap(written, 2) == 0.0


def test_nothing_written_has_no_overlap():
    assert np.isnan(turnover.compute_overlap(np.zeros((3, 4), bool), 1))


def test_index_of_equal_shares_is_the_part_that_takes_them():
    assert turnover.compute_simpson(np.full((5, 4), 7)) == pytest.approx(1)
    assert turnover.compute_simpson(np.array([2] * 1 + [0] * 99)) == pytest.approx(0.01)
    assert turnover.compute_simpson(np.array([3, 1])) == pytest.approx(16 / 20)


def test_concentration_ranks_the_most_written_first():
    shares = turnover.compute_concentration(np.array([[1, 6], [3, 0]]), [0, 0.25, 0.5, 1])
    assert shares.tolist() == pytest.approx([0, 0.6, 0.9, 1])


def test_rates_go_by_brightness_of_the_pixel_and_leave_the_bias_out():
    n_pixels = 2 * turnover.N_GROUPS
    brightness = np.arange(n_pixels)[::-1].astype(float)
    writes = np.repeat(np.append(np.arange(n_pixels), 1000)[:, None], 3, axis=1)
    rates = turnover.compute_rates(writes, brightness, samples=10)
    assert rates[0] == pytest.approx((n_pixels - 1 + n_pixels - 2) / 2 / 10)
    assert rates[-1] == pytest.approx(0.05)


def test_measured_where_the_answer_is_known():
    rule, index = turnover.RULES["fixed(0.01)"], 0.01
    point = {"label": "fixed(0.01)", "rule": rule, "seed": 1, "samples": 50, "trials": 5}
    rows = pd.DataFrame(turnover.measure(point, ROOT)).set_index(["panel", "x"])["y"]
    assert rows["index", 0] == pytest.approx(index, rel=0.01)
    assert rows["chance", 0] == pytest.approx(index, rel=0.01)
    assert rows["overlap", 1] == pytest.approx(1, rel=0.01)
    assert rows["concentration", 1.0] == pytest.approx(1)


def test_scoreboard_gets_medians_and_counts(data):
    indices = turnover.simpson_indices(data)
    assert indices["value"].to_dict() == pytest.approx(
        {"plain": 1, "largest(0.01)": 0.2, "fixed(0.01)": 0.01}
    )
    assert indices["n"].tolist() == [3, 3, 3]
    assert turnover.overlaps(data, 2)["value"].tolist() == [0.25] * 3


def test_table_has_a_row_a_rule(data):
    table = turnover.tabulate(data).set_index("label")
    assert list(table.index) == ["plain", "largest(0.01)", "fixed(0.01)"]
    assert table.loc["largest(0.01)"].tolist() == pytest.approx([0.01, 0.5, 0.2])


def test_caption_tells_the_indices(data):
    fields = turnover.describe(data)
    assert fields["n_seeds"] == "n = 3 seeds"
    assert "largest(0.01) 0.2 (0.18 to 0.2)" in fields["indices"]
