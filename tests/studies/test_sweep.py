import pandas as pd
import pytest

from bioplast.errors import RequestError
from bioplast.studies.declaration import Study
from bioplast.studies.sweep import Sweep, read_sweep
from bioplast.studies.sweep_figure import Shown

RULES = ("plain", "largest(0.1)")


def write(folder, text):
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_file_declares_the_same_as_python(tmp_path):
    path = write(
        tmp_path,
        'model = "tiny"\nrule = ["plain", "largest(0.1)"]\nhidden = [4, [8, 4]]\nseeds = 2\n'
        "[set]\nlearning_rate = [0.1, 0.2]\n",
    )
    sweep = read_sweep(path)
    axes = {"model": ("tiny",), "rule": RULES, "hidden": (4, (8, 4))}
    assert sweep == Sweep(axes, {"learning_rate": (0.1, 0.2)}, 2)
    assert read_sweep(write(tmp_path, sweep.to_toml())) == sweep


def test_study_has_every_combination_with_every_seed():
    study = Sweep({"model": ("tiny",), "rule": RULES}, {"a": (1, 2), "b": (True,)}, 3).make_study()
    assert isinstance(study, Study)
    runs = study.list_runs()
    assert len({(run.rule, run.options["a"], run.options["b"], run.seed) for run in runs}) == len(runs) == 12


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "model: a sweep must name a model at least"),
        ('model = "tiny"\nruel = "plain"', "sweep: nothing is called 'ruel'; .* did you mean 'rule'?"),
        ("model = []", "model: must have a value"),
        ('model = "tiny"\nseeds = 0', "seeds: must be a whole number >= 1, got 0"),
        ('model = "tiny"\nrule = [["plain"]]', "rule: must be a word, a number, true or false"),
        ('model = "tiny"\nset = 1', "set: must be a table of settings, got 1"),
        ('model = "tiny"\nseeds = 200_000', "at most 100,000 runs, got 200,000"),
        ("model = ", "is not TOML"),
    ],
)
def test_what_no_sweep_can_be_is_refused(tmp_path, text, message):
    with pytest.raises(RequestError, match=message):
        read_sweep(write(tmp_path, text))


def test_two_sweeps_do_not_share_a_name():
    one, other = (Sweep({"model": ("tiny",), "rule": (rule,)}) for rule in RULES)
    assert one.name != other.name
    assert one.name == Sweep({"model": ("tiny",), "rule": ("plain",)}).name


def make_runs(make_run, sizes):
    """m0 is the size for plain, a tenth of it for the other rule."""
    return [
        make_run(rule=rule, seed=seed, hidden=size, energy={"m0": size if rule == "plain" else size // 10})
        for rule in RULES
        for size in sizes
        for seed in (1, 2)
    ]


def test_savings_are_those_of_the_same_cell(make_run):
    table = Shown(["rule", "hidden"], []).summarize(make_runs(make_run, [20, 40]))
    assert list(table["rule"]) == ["plain", "plain", "largest(0.1)", "largest(0.1)"]
    assert list(table["m0"]) == [20, 40, 2, 4]
    assert table["m0 saving"].isna().tolist() == [True, True, False, False]
    assert list(table["m0 saving"][2:]) == [10, 10]


def test_numbers_become_an_axis_and_the_rest_labels(make_run):
    shown = Shown(["rule", "hidden"], [])
    data = shown.analyze(make_runs(make_run, [20, 40]))
    assert set(data["label"]) == set(RULES)
    assert shown.find_axis(data) == "hidden"
    figure = shown.plot(data)
    assert [ax.get_xlabel() for ax in figure.axes] == ["Hidden units $N$"] * 3


def test_many_labels_get_a_row_each(make_run):
    runs = [make_run(rule=f"largest({n / 100})") for n in range(1, 12)]
    shown = Shown(["rule"], [])
    figure = shown.plot(shown.analyze(runs))
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == list(pd.unique(shown.analyze(runs)["label"]))
    assert len(names) == 11
