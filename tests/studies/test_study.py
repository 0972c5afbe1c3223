import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from bioplast.errors import IncompleteStudyError, MissingDataError, RequestError
from bioplast.loading import load_module
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.point import POINT_FILE
from bioplast.studies.study import run_experiment, run_experiments
from bioplast.tasks import fashion
from bioplast.training.record import RECORD_FILE

EXPERIMENT = '''
"""Energy of tiny networks."""

from bioplast.analysis.cells import Cells
from bioplast.figures.style import make_figure
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid

MODELS = ["tiny"]


def plot(data):
    figure = make_figure(85, 60)
    figure.subplots().plot(data["seed"], data["m1"])
    return figure


STUDY = Study(
    grid=Grid(model=MODELS, task={task!r}, goal=0.9, max_samples=480, seeds=2),
    analyze=Cells(["model"], ["m0", "m1"]),
    plot=plot,
    headline=lambda data: f"{{len(data)}} rows are drawn.",
    caption="Energy to {{goal}}, {{seeds}}. {{missing}}",
)
'''
DRAWN = ("figure.pdf", "figure.png", "figure.svg", "figure.csv", "table.csv", "table.md", "caption.txt")


@pytest.fixture
def mini(study, patterns):
    """The small experiment above, in a study folder of its own."""
    (study / "experiments" / "mini.py").write_text(EXPERIMENT.format(task=str(patterns)))
    return load_module("experiment", "mini", study)


def stamp(folder):
    """When each run was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob(f"*/{RECORD_FILE}")}


def test_draws_figure_table_and_caption(study, mini, capsys):
    folder = run_experiment(mini, project=study, workers=1)
    assert folder == study / "results" / "mini"
    assert all((folder / name).stat().st_size > 0 for name in DRAWN)
    data = pd.read_csv(folder / "figure.csv").query("kind == 'run'")
    records = [json.loads(path.read_text()) for path in folder.glob(f"*/{RECORD_FILE}")]
    drawn = {record["seed"]: record["energy"]["m1"] for record in records}
    # Not every version of pandas reads the last bit of a float.
    assert dict(zip(data["seed"], data["m1"], strict=True)) == pytest.approx(drawn, rel=1e-14)
    assert pd.read_csv(folder / "table.csv")["m0"].tolist() == [data["m0"].median()]
    caption = (folder / "caption.txt").read_text()
    assert caption == "3 rows are drawn.\n\nEnergy to 90 %, n = 2 seeds. Every run reached the goal.\n"
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


def test_what_needs_data_that_are_not_here_is_left_out_of_several_with_a_line(
    study, mini, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("BIOPLAST_DATA", str(tmp_path))
    monkeypatch.setattr(fashion, "DEBIAN", tmp_path)
    text = EXPERIMENT.format(task="fashion-mnist")
    (study / "experiments" / "elsewhere.py").write_text(text)
    elsewhere = load_module("experiment", "elsewhere", study)
    folders = run_experiments([elsewhere, mini], project=study, workers=1)
    assert [folder.name for folder in folders] == ["mini"]
    assert "elsewhere is left out: task: fashion-mnist is not on this machine" in capsys.readouterr().err
    with pytest.raises(MissingDataError, match="apt-get install dataset-fashion-mnist"):
        run_experiment(elsewhere, project=study, workers=1)


def test_the_rest_is_drawn_when_a_run_fails_and_the_reason_is_kept(study, mini, capsys):
    add_broken_model(study, "ArithmeticError('no numbers left')")
    mini.MODELS[:] = ["broken", "tiny"]
    with pytest.raises(IncompleteStudyError, match="1 of 2 runs failed: ArithmeticError: no numbers left"):
        run_experiment(mini, project=study, quick=True, workers=1)
    folder = study / "results" / "mini"
    assert set(pd.read_csv(folder / "figure.csv")["model"]) == {"tiny"}
    (path,) = folder.glob(f"*/{FAILURE_FILE}")
    assert json.loads(path.read_text())["reason"] == "ArithmeticError: no numbers left"
    assert "Not carried out: broken, plain, seed 1" in (folder / "caption.txt").read_text()
    assert "failed: broken, plain, seed 1" in capsys.readouterr().err

    # What failed is tried again when that is asked for, and nothing else is.
    before = stamp(folder)
    with pytest.raises(IncompleteStudyError, match=r"no numbers left \(1 of them failed before .* --retry"):
        run_experiment(mini, project=study, quick=True, workers=1)
    assert stamp(folder) == before
    with pytest.raises(IncompleteStudyError, match=r"no numbers left$"):
        run_experiment(mini, project=study, quick=True, workers=1, retry=True)
    # A network that was mended is another one, and nobody need ask.
    (study / "models" / "broken.py").write_text((study / "models" / "tiny.py").read_text())
    run_experiment(mini, project=study, quick=True, workers=1)
    assert len(stamp(folder)) == 2
    assert before.items() <= stamp(folder).items()


def test_a_wrong_request_in_a_run_is_the_study_s_too(study, mini):
    add_broken_model(study, "RequestError('device: no C++ compiler')")
    mini.MODELS[:] = ["broken"]
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
    mini.MODELS[:] = ["tiny", "unheard_of"]
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


POINTED = '''
"""Points beside one run."""

from bioplast.figures.style import make_figure
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid


def measure(point, project):
    if point["base"] == 0:
        raise ArithmeticError("no base")
    with (project / "models" / "tiny.py").open() as file:
        assert "Tiny" in file.read()
    return [{{"exponent": n, "power": point["base"] ** n}} for n in (1, 2)]


def plot(data):
    figure = make_figure(85, 60)
    figure.subplots().plot(data["exponent"], data["power"])
    return figure


STUDY = Study(
    grid=Grid(model="tiny", task={task!r}, goal=0.9, max_samples=480),
    points=Grid(base=[2, 3]),
    measure=measure,
    analyze=lambda runs, rows: rows.assign(n_runs=len(runs)),
    describe=lambda data: {{"highest": str(data["power"].max())}},
    plot=plot,
    caption="Up to {{highest}}. {{missing}}",
)
'''

DERIVED = """
from bioplast.figures.style import make_figure
from bioplast.studies.declaration import Study

STUDY = Study(
    sources=("mini", "pointed"),
    analyze=lambda sources: sources["pointed"].assign(m1=sources["mini"]["m1"].sum()),
    describe=lambda data: {"n": "two"},
    plot=lambda data: make_figure(85, 60),
    caption="Of {n} others.",
)
"""


@pytest.fixture
def pointed(study, patterns):
    """An experiment of points beside one run."""
    (study / "experiments" / "pointed.py").write_text(POINTED.format(task=str(patterns)))
    return load_module("experiment", "pointed", study)


def test_points_are_measured_once_and_drawn(study, pointed):
    folder = run_experiment(pointed, project=study, quick=True, workers=1)
    data = pd.read_csv(folder / "figure.csv")
    drawn = data[["base", "exponent", "power"]].to_numpy().tolist()
    assert drawn == [[2, 1, 2], [2, 2, 4], [3, 1, 3], [3, 2, 9]]
    assert set(data["n_runs"]) == {1}
    assert (folder / "caption.txt").read_text() == "Up to 9. Every run reached the goal.\n"
    written = {path: path.stat().st_mtime_ns for path in folder.glob(f"*/{POINT_FILE}")}
    assert len(written) == 2
    run_experiment(pointed, project=study, quick=True, workers=1)
    assert {path: path.stat().st_mtime_ns for path in folder.glob(f"*/{POINT_FILE}")} == written


def test_runs_too_few_to_draw_are_told_with_what_failed(study, mini, monkeypatch, capsys):
    def analyze(runs):
        return pd.concat([pd.DataFrame([run.record]) for run in runs if run.record["model"] == "broken"])

    add_broken_model(study, "ArithmeticError('no numbers left')")
    mini.MODELS[:] = ["broken", "tiny"]
    monkeypatch.setattr(mini, "STUDY", replace(mini.STUDY, analyze=analyze))
    with pytest.raises(IncompleteStudyError, match="1 of 2 runs failed: ArithmeticError: no numbers left"):
        run_experiment(mini, project=study, quick=True, workers=1)
    assert "mini: too little was carried out to draw: No objects to concatenate\n" in capsys.readouterr().err

    # With all runs such an error is one of the analysis.
    mini.MODELS[:] = ["tiny"]
    with pytest.raises(ValueError, match="No objects to concatenate"):
        run_experiment(mini, project=study, quick=True, workers=1)


def test_a_point_that_fails_is_told_and_the_rest_is_drawn(study, pointed):
    path = study / "experiments" / "pointed.py"
    path.write_text(path.read_text().replace("base=[2, 3]", "base=[0, 3]"))
    pointed = load_module("experiment", "pointed", study)
    with pytest.raises(IncompleteStudyError, match="1 of 3 runs failed: ArithmeticError: no base"):
        run_experiment(pointed, project=study, quick=True, workers=1)
    folder = study / "results" / "pointed"
    assert set(pd.read_csv(folder / "figure.csv")["base"]) == {3}
    assert "Not carried out: pointed, base 0, seed 1 (Arith" in (folder / "caption.txt").read_text()


def test_a_run_that_another_experiment_has_is_taken_over(study, mini, pointed):
    first = run_experiment(mini, project=study, quick=True, workers=1)
    (record,) = first.glob(f"*/{RECORD_FILE}")
    folder = run_experiment(pointed, project=study, quick=True, workers=1)
    copy = folder / record.parent.name / RECORD_FILE
    assert copy.read_bytes() == record.read_bytes()
    assert (copy.parent / "trace.csv").read_bytes() == (record.parent / "trace.csv").read_bytes()


def test_an_experiment_made_of_others_has_what_they_found(study, mini, pointed):
    (study / "experiments" / "derived.py").write_text(DERIVED)
    derived = load_module("experiment", "derived", study)
    told = io.StringIO()
    folders = run_experiments(
        [derived, mini], project=study, quick=True, workers=1, report=Console(file=told, width=200)
    )
    assert [folder.name for folder in folders] == ["derived", "mini"]
    data = pd.read_csv(folders[0] / "figure.csv")
    mini_data = pd.read_csv(folders[1] / "figure.csv")
    assert data["power"].tolist() == [2, 4, 3, 9]
    assert set(data["m1"]) == {mini_data["m1"].sum()}
    assert (folders[0] / "caption.txt").read_text() == "Of two others.\n"
    # The run of both is counted once: it and two points.
    line = told.getvalue().splitlines()[0]
    assert line == "3 figures of 4 runs, 3 of them to do; about 20 s with 1 process"
