import json

import pandas as pd
import pytest

from bioplast.errors import IncompleteStudyError, RequestError
from bioplast.project import load_experiment_module
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.study import run_experiment
from bioplast.training.record import RECORD_FILE

EXPERIMENT = '''
"""Energy of tiny networks."""

from bioplast.figures.style import make_figure
from bioplast.studies.frame import make_run_frame
from bioplast.studies.grid import make_product, make_seeds

MODELS = ["tiny"]
TASK = {task!r}
CAPTION = "Energy to {{goal}}, {{seeds}}. {{missing}}"


def make_grid(quick, seeds):
    n_seeds = seeds or (1 if quick else 2)
    return make_product(model=MODELS, task=TASK, goal=0.9, max_samples=480, seed=make_seeds(n_seeds))


def expected_seconds(config):
    return 1.0


def analyse(runs):
    return make_run_frame(runs)[["model", "seed", "m0", "m1"]]


def tabulate(runs):
    return analyse(runs).groupby("model").median().reset_index()


def plot(data):
    figure = make_figure(85, 60)
    figure.subplots().plot(data["seed"], data["m1"])
    return figure
'''
DRAWN = ("figure.pdf", "figure.png", "figure.svg", "figure.csv", "table.csv", "caption.txt")


@pytest.fixture
def mini(study, patterns):
    """The small experiment above, in a study folder of its own."""
    (study / "experiments" / "mini.py").write_text(EXPERIMENT.format(task=str(patterns)))
    return load_experiment_module("mini", study)


def stamp(folder):
    """When each run was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob(f"*/{RECORD_FILE}")}


def test_draws_figure_table_and_caption(study, mini, capsys):
    folder = run_experiment(mini, project=study, workers=1)
    assert folder == study / "results" / "mini"
    assert all((folder / name).stat().st_size > 0 for name in DRAWN)
    data = pd.read_csv(folder / "figure.csv")
    records = [json.loads(path.read_text()) for path in folder.glob(f"*/{RECORD_FILE}")]
    drawn = {record["seed"]: record["energy"]["m1"] for record in records}
    # Not every version of pandas reads the last bit of a float.
    assert dict(zip(data["seed"], data["m1"], strict=True)) == pytest.approx(drawn, rel=1e-14)
    assert pd.read_csv(folder / "table.csv")["m0"].tolist() == [data["m0"].median()]
    caption = (folder / "caption.txt").read_text()
    assert caption == "Energy to 90 %, n = 2 seeds. Every run reached the goal.\n"
    printed = capsys.readouterr().out
    assert "tiny" in printed
    assert caption in printed


def test_runs_are_carried_out_once_and_again_when_asked_for_fresh(study, mini):
    folder = run_experiment(mini, project=study, quick=True, workers=1)
    first, figure = stamp(folder), (folder / "figure.svg").read_bytes()
    assert len(first) == 1
    run_experiment(mini, project=study, quick=True, workers=1)
    assert stamp(folder) == first
    assert (folder / "figure.svg").read_bytes() == figure
    run_experiment(mini, project=study, workers=1)
    assert len(stamp(folder)) == 2
    assert first.items() <= stamp(folder).items()
    run_experiment(mini, project=study, quick=True, workers=1, fresh=True)
    (key,) = first
    assert stamp(folder)[key] > first[key]


def test_seeds_and_out_are_what_is_asked_for(study, mini, tmp_path):
    folder = run_experiment(mini, project=study, seeds=3, workers=2, out=tmp_path / "elsewhere")
    assert folder == tmp_path / "elsewhere" / "mini"
    assert len(stamp(folder)) == 3


def add_broken_model(study, error):
    text = (study / "models" / "tiny.py").read_text()
    (study / "models" / "broken.py").write_text(text.replace("macs = 0", f"raise {error}"))


def test_the_rest_is_drawn_when_a_run_fails_and_the_reason_is_kept(study, mini, capsys):
    add_broken_model(study, "ArithmeticError('no numbers left')")
    mini.MODELS = ["broken", "tiny"]
    with pytest.raises(IncompleteStudyError, match="1 of 2 runs failed: ArithmeticError: no numbers left"):
        run_experiment(mini, project=study, quick=True, workers=1)
    folder = study / "results" / "mini"
    assert pd.read_csv(folder / "figure.csv")["model"].tolist() == ["tiny"]
    (path,) = folder.glob(f"*/{FAILURE_FILE}")
    assert json.loads(path.read_text())["reason"] == "ArithmeticError: no numbers left"
    assert "Not carried out: broken, plain, seed 1" in (folder / "caption.txt").read_text()
    assert "failed: broken, plain, seed 1" in capsys.readouterr().err

    # What failed is tried again when that is asked for, and nothing else is.
    before = stamp(folder)
    load_model = (study / "models" / "tiny.py").read_text()
    (study / "models" / "broken.py").write_text(load_model)
    with pytest.raises(IncompleteStudyError, match=r"no numbers left \(1 of them failed before .* --retry"):
        run_experiment(mini, project=study, quick=True, workers=1)
    assert stamp(folder) == before
    run_experiment(mini, project=study, quick=True, workers=1, retry=True)
    assert len(stamp(folder)) == 2
    assert before.items() <= stamp(folder).items()
    assert not path.exists()


def test_a_wrong_request_in_a_run_is_the_study_s_too(study, mini):
    add_broken_model(study, "RequestError('device: no C++ compiler')")
    mini.MODELS = ["broken"]
    with pytest.raises(RequestError, match="1 of 1 runs failed: device: no C"):
        run_experiment(mini, project=study, quick=True, workers=1)
    assert not any((study / "results" / "mini" / name).exists() for name in DRAWN)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"workers": 0}, "workers: must be a whole number >= 1, got 0"),
        ({"seeds": -2}, "seeds: must be a whole number >= 1, got -2"),
    ],
)
def test_a_wrong_number_is_refused_and_nothing_is_written(study, mini, request_, message):
    with pytest.raises(RequestError, match=message):
        run_experiment(mini, project=study, **request_)
    assert not (study / "results").exists()


def test_an_unknown_network_is_refused_and_nothing_is_written(study, mini):
    mini.MODELS = ["tiny", "unheard_of"]
    with pytest.raises(RequestError, match="no model 'unheard_of'"):
        run_experiment(mini, project=study)
    assert not (study / "results").exists()


def test_an_interrupt_says_what_is_kept(study, mini, capsys, monkeypatch):
    run_experiment(mini, project=study, quick=True, workers=1)

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("bioplast.studies.study.execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_experiment(mini, project=study, workers=1)
    assert "mini: 1 of 2 runs are finished and kept" in capsys.readouterr().err
