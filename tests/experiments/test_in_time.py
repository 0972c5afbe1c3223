"""The experiments with tasks in time: their grids, and what is made of runs worked out by hand."""

from pathlib import Path

import pytest

from bioplast.analysis.fronts import find_savings
from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.studies.caption import fill_caption
from bioplast.training.record import Run

ROOT = Path(__file__).parents[2]
NAMES = ("cues", "randman")


def make_run(config, m0, m1, samples, converged=True, test=0.96):
    record = {
        "model": config.model,
        "rule": config.rule,
        "seed": config.seed,
        "hidden": 100,
        "task": config.task,
        "protocol": "endless",
        "samples": samples,
        "converged": converged,
        "diverged": False,
        "accuracy": {"online": 0.94, "validation": 0.95, "test": test},
        "energy": {"m0": m0, "m1": m1, "layers": {}},
        "signalling": {},
        "encoding": "events",
        "goal": config.goal,
        "key": f"{config.model}-{config.rule}-{config.seed}-{config.options}",
        "config": {"options": dict(config.options)},
    }
    trace = [
        {"samples": samples // 2, "online": 0.8, "validation": None, "m0": m0 // 2, "m1": m1 / 2},
        {"samples": samples, "online": 0.94, "validation": 0.95, "m0": m0, "m1": m1},
    ]
    return Run(record, trace)


@pytest.fixture(params=NAMES, scope="module")
def case(request):
    """Selections write a tenth, change half as much and take the same trials; seed 2 of them gives up."""
    module = load_module("experiment", request.param, ROOT)
    runs = []
    for config in module.STUDY.list_runs(seeds=2):
        selects = "largest" in config.rule
        n = 1000 * config.seed
        runs.append(
            make_run(
                config,
                100_000 * config.seed // (10 if selects else 1),
                50.0 * config.seed / (2 if selects else 1),
                n,
                converged=not (selects and config.seed == 2),
                test=0.95 + 0.01 * config.seed,
            )
        )
    return module, runs, module.analyze(runs)


@pytest.mark.parametrize("name", NAMES)
def test_grid_has_every_rule_beside_its_baseline(name):
    module = load_module("experiment", name, ROOT)
    grid = module.STUDY.list_runs()
    labels = [module.name_run(make_run(config, 1, 1.0, 1)) for config in grid]
    assert set(labels) == set(module.LABELS)
    assert all(labels.count(label) == 5 for label in module.LABELS)  # of a task or of its own
    assert set(module.BASELINES) | set(module.BASELINES.values()) <= set(module.LABELS)
    assert len(module.STUDY.list_runs(quick=True)) < len(grid) / 4


def test_savings_are_those_of_runs_that_got_there(case):
    module, _, data = case
    for label in module.BASELINES:
        saved = find_savings(data, label)
        assert saved["value"].to_dict() == pytest.approx({"m0": 10, "m1": 2, "samples": 1})
        assert saved["n"].nunique() == 1  # the second seed gave up
    assert find_savings(data, next(iter(module.BASELINES.values()))).empty


def test_table_and_caption(case):
    module, runs, data = case
    table = module.STUDY.make_table(data, runs).set_index("label")
    for label, baseline in module.BASELINES.items():
        assert table.loc[label, "reached"] in ("1/2", "5/10")
        assert table.loc[baseline, "reached"] in ("2/2", "10/10")
        assert table.loc[label, "m0 saving"] == pytest.approx(10)
        assert table.loc[baseline, "test"] == pytest.approx(0.965)
    caption = fill_caption(module.CAPTION, runs, [], module.STUDY.tell(data))
    assert "M0 10 times, M1 2 times, trials 1 times." in caption
    assert "At the goal 96.0% of the test trials, or more, were right." in caption
    assert "nan" not in caption


def test_figure_draws_every_run(case):
    module, runs, data = case
    with use_style():
        figure = module.plot(data)
    for ax in figure.axes[:3]:
        assert len(ax.get_lines()) == 2 * len(runs) + 1  # a line and a marker each, and the goal
    assert len(figure.axes) == 4
