"""``bioplast plot``, ``compare``, ``export``: what becomes of finished runs."""

import json

import numpy as np
import pytest


@pytest.fixture
def runs(train, study):
    """The folders of two finished runs."""
    folders = [study / "one", study / "two"]
    assert train("--out", folders[0], "--quiet") == (0, "", "")
    assert train("--out", folders[1], "--quiet", "--hidden", 4, "--set", "learning_rate=0.05")[0] == 0
    return folders


def test_plot_writes_a_figure_where_the_run_is(call, runs):
    status, out, _ = call("plot", runs[0])
    assert (status, out) == (0, f"written to {runs[0] / 'course.png'}\n")
    assert (runs[0] / "course.png").read_bytes().startswith(b"\x89PNG")


def test_plot_draws_several_runs_in_one_figure(call, runs, study):
    assert call("plot", *runs, "--out", study / "both.svg")[0] == 0
    assert "<svg" in (study / "both.svg").read_text()


def test_compare_says_what_differs(call, runs):
    status, out, _ = call("compare", *runs)
    assert status == 0
    lines = {line.split("  ")[0]: line.split() for line in out.splitlines()}
    assert lines["hidden"][1:3] == ["8", "4"]
    assert "rule" not in lines  # both have the same
    assert lines["setting learning_rate"][2:4] == ["0.1", "0.05"]
    records = [json.loads((folder / "run.json").read_text()) for folder in runs]
    status, out, _ = call("compare", *runs, "--json")
    rows = {row["name"]: row for row in json.loads(out)["rows"]}
    m0 = [record["energy"]["m0"] for record in records]
    assert rows["energy m0"] == {"name": "energy m0", "first": m0[0], "second": m0[1], "times": m0[1] / m0[0]}


def test_export_writes_weights_and_books(call, runs, study):
    status, out, _ = call("export", runs[0], "--out", "out.npz")
    assert (status, out) == (0, "written to out.npz\n")
    with np.load(study / "out.npz") as file, np.load(runs[0] / "weights.npz") as kept:
        assert set(file) - {"record"} == set(kept) - {"checksum"}
        np.testing.assert_array_equal(file["input->hidden/m0"], kept["input->hidden/m0"])


def test_export_to_netcdf_reads_back(call, runs, study):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    assert call("export", runs[0], "--to", "netcdf", "--out", "out.nc")[0] == 0
    with (
        xarray.open_dataset(study / "out.nc", engine="h5netcdf") as dataset,
        np.load(runs[0] / "weights.npz") as kept,
    ):
        np.testing.assert_array_equal(dataset["hidden_to_output_weights"], kept["hidden->output/weights"])
        assert dataset.attrs["model"] == "tiny"


@pytest.mark.slow
def test_spikes_are_recorded_after_training_and_again_from_the_run(call, patterns, study):
    options = ("--task", patterns, "--hidden", 4, "--max-samples", 40, "--device", "runtime", "--quiet")
    asked = ("--record", "spikes,potentials", "--trials", "0:2,5")
    status, _, err = call("train", "spiking", *options, *asked, "--out", "run")
    assert (status, err) == (0, "")
    lines = (study / "run" / "spikes.csv").read_text().splitlines()
    assert lines[0] == "trial,population,cell,time_ms"
    assert {line.split(",")[0] for line in lines[1:]} == {"0", "1", "5"}
    assert (study / "run" / "potentials.csv").exists()
    assert (
        call("evaluate", "run", "--record", "spikes", "--trials", "5", "--format", "npz", "--out", "more")[0]
        == 0
    )
    with np.load(study / "more" / "spikes.npz") as file:
        assert len(file["cell"]) == sum(line.startswith("5,") for line in lines)


BAD_REQUESTS = [
    (["plot", "one", "two"], "name a file with --out"),
    (["plot", "one", "--out", "x.gif"], "--out: must end in .png, .pdf, .svg, got 'x.gif'"),
    (["plot", "one", "--out", "none/x.png"], "cannot write to none/x.png: No such file or directory"),
    (["plot", "none"], "run: no finished run at none"),
    (["compare", "one"], "Missing argument"),
    (["compare", "one", "none"], "run: no finished run at none"),
    (
        ["export", "one", "--to", "nzp"],
        "--to: must be one of npz, netcdf, nir, spikes, neo, got 'nzp'",
    ),
    (["export", "one", "--trials", "3"], "--trials: only goes with --to spikes or neo"),
    (["export", "one", "--to", "spikes"], "record: only networks in Brian2 can be recorded from"),
    (["export", "one", "--to", "spikes", "--trials", "5:2"], "--trials: must be a whole number >= 6"),
    (["export", "one", "--out", "none/x.npz"], "--out: cannot write to none/x.npz: No such file"),
    (["export", "one", "--out", "."], "--out: must be a file, got the folder '.'"),
    (["evaluate", "one", "--trials", "3"], "--trials: only goes with --record"),
    (["evaluate", "one", "--out", "x"], "--out: only goes with --record"),
    (
        ["evaluate", "one", "--record", "spike"],
        "--record: must be among spikes, potentials, got 'spike'",
    ),
    (
        ["evaluate", "one", "--record", "spikes", "--format", "mat"],
        "--format: must be csv or npz, got 'mat'",
    ),
]


def test_bad_request_gets_one_line_and_leaves_nothing(call, runs, list_files, study):
    before = list_files(study)
    for options, message in BAD_REQUESTS:
        status, _, err = call(*options)
        assert status == 2
        assert message in err
        assert err.count("\n") == 1
    assert list_files(study) == before


def test_listing_is_json_where_that_is_asked_for(call, runs, study):
    status, out, _ = call("list", "--json")
    listing = json.loads(out)
    assert status == 0
    assert set(listing) == {"models", "experiments", "rules", "tasks"}
    assert "tiny" in listing["models"]
    assert call("train", "tiny", "--max-samples", 20, "--quiet", "--task", study.parent / "patterns")[0] == 0
    _, out, _ = call("list", "--runs", "--json")
    (run,) = json.loads(out)["runs"]
    assert (run["model"], run["status"]) == ("tiny", "finished")


@pytest.mark.parametrize("option", ["--version", "-h"])
def test_help_and_version_are_one_option_away(call, option):
    status, out, err = call(option)
    assert (status, err) == (0, "")
    assert out.startswith("bioplast 0." if option == "--version" else "Usage: bioplast")


def test_help_has_an_example(call):
    for command in ("train", "run", "sweep", "show", "plot", "compare", "export", "evaluate", "gc", "new"):
        status, out, _ = call(command, "--help")
        assert status == 0
        assert f"bioplast {command} " in out.partition("For instance:")[2]
