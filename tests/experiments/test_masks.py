from pathlib import Path

import numpy as np
import pytest

from bioplast.loading import load_module

masks = load_module("experiment", "masks", Path(__file__).parents[2])


@pytest.fixture
def runs(make_run):
    """Fixed masks fail below 0.3, random ones below 0.1, subnets learn with all; plain learning has f = 1."""
    runs = []
    accuracies = {"fixed": (0.88, 0.93, 0.96), "random": (0.9, 0.96, 0.96), "subnet": (0.96, 0.96, 0.96)}
    for seed in (1, 2):
        runs.append(make_run(seed=seed, m0=1000.0))
        for name, bests in accuracies.items():
            for fraction, best in zip((0.03, 0.1, 0.3), bests, strict=True):
                rule = masks.RULES[name].format(f=fraction, k=round(100 * fraction))
                runs.append(make_run(rule, seed=seed, m0=1000 * fraction, converged=best > 0.95))
                runs[-1].trace.extend({"validation": value} for value in (0.5, best, best - 0.01))
    for run in runs[::10]:
        run.trace.extend({"validation": value} for value in (None, 0.951))
    return runs


@pytest.fixture
def data(runs):
    return masks.analyze(runs)


def test_full_grid_has_every_kind_of_mask_and_plain_beside_them():
    grid = masks.STUDY.list_runs()
    rules = {config.rule for config in grid}
    assert len(rules) == 1 + len(masks.RULES) * len(masks.FRACTIONS) - len(masks.LEFT_OUT)
    assert {"plain", "fixed(0.1, output=1.0)", "subnet(30)"} <= rules
    assert "random(0.03, output=1.0)" not in rules
    assert {(config.protocol, config.hidden, config.goal) for config in grid} == {("paper", 100, 0.95)}
    assert len(masks.STUDY.list_runs(seeds=4)) == 4 * len(rules)


def test_plain_learning_is_the_end_of_every_line(data):
    ends = data[(data["fraction"] == 1) & (data["kind"] == "median")]
    assert ends.set_index("label")["m0"].to_dict() == {"fixed": 1000.0, "random": 1000.0, "subnet": 1000.0}


def test_a_subnet_has_the_fraction_of_its_units(data):
    assert sorted(data.loc[data["label"] == "subnet", "fraction"].unique()) == [0.03, 0.1, 0.3, 1.0]


def test_edges_are_where_learning_begins_to_fail(data):
    edges = masks.edges(data)
    assert edges.loc["fixed"].tolist() == [0.3, 0.1]
    assert edges.loc["random"].tolist() == [0.1, 0.03]
    assert edges.loc["subnet", "learns"] == 0.03
    assert np.isnan(edges.loc["subnet", "fails"])
    assert masks.describe(data)["edges"] == "fixed 0.3, 0.1; random 0.1, 0.03; subnet 0.03, none"


def test_the_best_accuracy_is_that_of_any_time(data):
    best = masks.best_accuracies(data)
    assert best.loc["fixed"].tolist() == pytest.approx([0.88, 0.93, 0.96, 0.951])
    assert best.loc["random", 0.03] == 0.9


def test_table_has_a_row_a_rule_and_fraction(data):
    table = masks.tabulate(data).set_index(["rule", "fraction"])
    assert table.loc[("fixed", 0.1), "reached"] == "0/2"
    assert np.isnan(table.loc[("fixed", 0.1), "m0"])
    assert table.loc[("subnet", 0.1), "m0"] == 100.0


def test_the_headline_sets_masks_of_the_same_share_side_by_side(data):
    headline = masks.headline(data.replace({"label": {"subnet": "largest"}}))
    assert headline.startswith("With 3 % of the synapses plastic, it matters which: the best accuracy is ")
    assert "88.0 % (fixed)" in headline
    assert "90.0 % (random)" in headline
