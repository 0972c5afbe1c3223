from pathlib import Path

import made_up
import pytest

from bioplast.loading import load_module
from bioplast.sizes import list_sizes
from bioplast.studies.tuned import read_tuned

depth = load_module("experiment", "depth", Path(__file__).parents[2])


@pytest.fixture(scope="module")
def data():
    """Restricted rules write d times less at depth d; nine tenths of the writes are onto the first layer."""
    runs = []
    for config in depth.STUDY.list_runs(seeds=2):
        n_layers = len(list_sizes(config.hidden)) + 1
        m0 = 1000.0 * config.seed / (1 if config.rule == "plain" else n_layers - 1)
        shares = [0.9, *[0.1 / (n_layers - 1)] * (n_layers - 1)]
        layers = {f"layer {place}": {"m0": m0 * share} for place, share in enumerate(shares)}
        energy = {"layers": layers}
        changes = {"hidden": config.hidden, "goal": config.goal}
        runs.append(made_up.make_run(config.model, config.rule, config.seed, m0=m0, energy=energy, **changes))
    return depth.analyze(runs)


@pytest.mark.parametrize("n_hidden", depth.DEPTHS)
def test_networks_of_equally_many_synapses_are_so_to_the_nearest_unit(n_hidden):
    width, wanted = depth.find_width(n_hidden), depth.count_synapses(depth.WIDTH)
    off = [abs(depth.count_synapses((w,) * n_hidden) - wanted) for w in (width - 1, width, width + 1)]
    assert min(off) == off[1]


def test_grid_has_every_rule_in_every_network():
    runs = depth.STUDY.list_runs()
    cells = {(run.model, run.hidden, run.rule) for run in runs}
    assert len(cells) == 3 * 5 * 4
    assert len(runs) == 5 * len(cells)


def test_settings_are_those_tuned_with_one_layer_and_first_weights_their_own():
    for run in depth.STUDY.list_runs():
        label = next(
            label
            for (model, label), tuned in depth.TUNED.items()
            if (model, tuned.rule) == (run.model, run.rule)
        )
        tuned = read_tuned(run.model, depth.KINDS[label])
        assert run.options == {**depth.OPTIONS[run.model], **tuned.options}
        assert "learning_rate" in run.options


@pytest.mark.parametrize("same", depth.COMPARISONS)
@pytest.mark.parametrize("model", depth.OPTIONS)
def test_savings_are_those_of_the_same_network(data, model, same):
    saved = depth.find_savings(data, model, "both", same)
    assert saved["m0"].to_dict() == pytest.approx({1: 1, 2: 2, 3: 3})


def test_shares_of_layers_are_of_all_writes(data):
    shares = data[data["panel"] == "layer"]
    whole = shares.groupby(["model", "depth", "label"])["share"].sum()
    assert whole.tolist() == pytest.approx([1] * len(whole))
    assert (shares.loc[shares["layer"] == 1, "share"] == 0.9).all()
    assert set(shares["width"]) == {depth.WIDTH}


def test_table_has_both_comparisons(data):
    table = depth.tabulate(data).set_index(["same", "model", "depth", "label"])
    assert table.loc[("synapses", "ann", 3, "largest"), "m0 saving"] == pytest.approx(3)
    assert table.loc[("width", "ann", 3, "plain"), "reached"] == "2/2"
    assert "ann: largest 1, 2, 3; subnet 1, 2, 3" in depth.describe(data)["saved"]
