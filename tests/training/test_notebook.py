"""What a notebook shows, and calls as they are made in one: no project, no file, progress if asked for."""

import numpy as np
import pytest

from bioplast import largest, subnet
from bioplast.energy import Energy
from bioplast.tasks import Task
from bioplast.training import RunConfig, carry_out, load_network, write_run


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 2, (3, 16)) * 0.8
    labels = np.arange(120) % 3
    return Task.from_arrays(prototypes[labels] + rng.uniform(0, 0.2, (120, 16)), labels, name="patterns")


@pytest.fixture(scope="module")
def run(task):
    return carry_out(RunConfig("ann", hidden=8, max_samples=300, interval=100, goal=0.99), task=task)


def test_arrays_are_learned_without_a_project_or_a_file(run, task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run.record["task"] == "patterns"
    write_run(tmp_path / "run", run)
    trained = load_network(tmp_path / "run", task=task)
    assert trained.evaluate(task) == run.record["accuracy"]["test"]


def test_progress_is_shown_where_it_is_asked_for(task, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes what is captured for a terminal then
    carry_out(RunConfig("ann", hidden=8, max_samples=200, interval=100), task=task, progress=True)
    shown = capsys.readouterr().err
    assert "ann, plain, interval=100, seed 1" in shown
    assert "online" in shown


def test_run_shows_how_it_ended_and_what_it_cost(run):
    page = run._repr_html_()
    assert run.record["message"] in page
    assert f"{run.record['energy']['m0']:,}" in page
    for layer in ("input-&gt;hidden", "hidden-&gt;output"):
        assert layer in page


def test_run_is_drawn(run):
    figure = run.plot()
    accuracy, writes, changes = figure.axes
    np.testing.assert_array_equal(writes.lines[0].get_ydata(), [row["m0"] for row in run.trace])
    np.testing.assert_array_equal(changes.lines[0].get_ydata(), [row["m1"] for row in run.trace])
    assert len(accuracy.lines) == 3  # online, validation, goal
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_declaration_shows_its_text_and_its_rules():
    page = (largest(0.1) + subnet(50))._repr_html_()
    assert "subnet(50) + largest(0.1)" in page
    assert largest.summary in page


def test_energy_shows_its_quantities():
    page = Energy(m0=12, m1=3.0, m0_min=6)._repr_html_()
    assert "inefficiency_m0" in page
    assert ">2<" in page
