"""``bioplast sweep``: from options or a file to a figure; ``--dry-run`` writes nothing."""

import tomllib

import pytest

SMALL = ("--max-samples", "100", "--goal", "0.6")


@pytest.fixture
def sweep(call, patterns):
    return lambda *options: call("sweep", "tiny", "--task", patterns, *SMALL, *options)


def test_dry_run_counts_the_runs_and_writes_nothing(sweep, study, list_files):
    before = list_files(study)
    status, out, err = sweep(
        "--hidden", "4", "--hidden", "8", "--seeds", 3, "--workers", 2, "--name", "mine", "-n"
    )
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "mine: 6 runs, 6 to do"
    assert "tiny, plain, seed 1, 4 hidden" in lines[1]
    assert lines[-1].endswith("with 2 processes, beside compiling; nothing was run or written")
    assert list_files(study) == before


def test_sweep_is_carried_out_drawn_and_found_again(sweep, call, study):
    options = ("--rule", "plain", "--rule", "largest(0.5)", "--name", "mine", "--workers", 1)
    status, out, _ = sweep(*options)
    assert status == 0
    folder = study / "results" / "mine"
    assert f"written to {folder}" in out
    assert {"figure.png", "table.csv", "caption.txt"} <= {path.name for path in folder.iterdir()}
    assert len(list(folder.glob("*/run.json"))) == 2
    declared = tomllib.loads((folder / "sweep.toml").read_text())
    assert declared["rule"] == ["plain", "largest(0.5)"]
    # The file it left asks for the same runs.
    status, out, _ = call("sweep", "--file", folder / "sweep.toml", "--name", "mine", "-n")
    assert (status, out.splitlines()) == (0, ["mine: 2 runs, 0 to do", "nothing to do but to draw"])


def test_quiet_sweep_says_nothing(sweep):
    assert sweep("--name", "mine", "--workers", 1, "--quiet") == (0, "", "")


def test_dry_run_of_an_experiment_says_what_is_to_do(call, study, patterns):
    (study / "experiments" / "some.py").write_text(
        "from bioplast.figures.style import make_figure\n"
        "from bioplast.studies.declaration import Study\n"
        "from bioplast.studies.grid import Grid\n"
        f"STUDY = Study(grid=Grid(model='tiny', task={str(patterns)!r}, max_samples=100, seeds=2),\n"
        "    plot=lambda data: make_figure(85, 60), caption='')\n"
    )
    status, out, _ = call("run", "some", "--dry-run", "--seeds", 3)
    assert status == 0
    assert out.startswith("some: 3 runs, 3 to do\n")
    assert not (study / "results").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["sweep"], "sweep: must name a model"),
        (["sweep", "tiny", "--goal", "2"], "--goal: must be in (0, 1], got 2.0"),
        (["sweep", "tiny", "--rule", "largst(0.1)"], "did you mean 'largest'?"),
        (["sweep", "tiny", "--set", "learning_rat=1"], "--set: tiny has no setting 'learning_rat'"),
        (["sweep", "tiny", "--name", "a/b"], "--name: must be letters, digits"),
        (
            ["sweep", "tiny", "--name", "compare"],
            "--name: must not be the name of an experiment, got 'compare'",
        ),
        (["sweep", "--file", "none.toml"], "--file: cannot read none.toml: No such file or directory"),
        (["sweep", "tiny", "--seeds", "0"], "--seeds: must be a whole number >= 1, got '0'"),
        (["sweep", "tiny", "--quiet", "--verbose"], "--quiet: must be left out where --verbose is given"),
        (["train", "spikng"], "did you mean 'spiking'?"),
        (["train", "tiny", "--task", "mnits"], "did you mean 'mnist'?"),
        (["train", "tiny", "--goal", "2"], "bioplast: --goal: must be in (0, 1], got 2.0"),
        (["train", "tiny", "--gaol", "2"], "--gaol"),
    ],
)
def test_bad_request_names_the_option_that_was_typed(call, study, list_files, options, message):
    before = list_files(study)
    status, out, err = call(*options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert list_files(study) == before
