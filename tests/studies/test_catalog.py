import json

import pytest

from bioplast.errors import RequestError
from bioplast.studies.catalog import find_entries, find_entry, load_runs, make_entry_rows
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.garbage import delete_file, list_garbage
from bioplast.training.config import RunConfig
from bioplast.training.lock import only_one
from bioplast.training.record import write_run
from bioplast.training.revisions import collect_revisions


def make_config(model="ann", seed=1, rule="plain", **provenance):
    now = {"data": "ab", "revisions": collect_revisions(["training"]), "code": {}}
    return RunConfig(
        model,
        rule,
        3,
        seed,
        task="nowhere",
        device="cpp_standalone",
        max_samples=10,
        settings={"learning_rate": 0.1},
        provenance=now | provenance,
    )


@pytest.fixture
def results(tmp_path, make_run):
    """Two finished runs, and one of each other kind."""
    folder = tmp_path / "results"

    def finish(experiment, config, key=None):
        run = make_run(config.model, config.rule, config.seed, key=key or config.key, config=config.to_dict())
        write_run(folder / experiment / (key or config.key), run)

    finish("compare", make_config())
    finish("compare", make_config("spiking", 2))
    finish("caching", make_config(revisions={"training": 0}), key="0" * 16)
    damaged = folder / "caching" / ("1" * 16)
    finish("caching", make_config(), key=damaged.name)
    (damaged / "run.json").write_text("{")
    failed = folder / "caching" / ("2" * 16)
    failed.mkdir()
    note = {"config": make_config("rate", 5).to_dict(), "reason": "no numbers left"}
    (failed / FAILURE_FILE).write_text(json.dumps(note))
    for run in folder.glob("*/*"):
        (run / "weights.npz").write_bytes(b"")
    kept = folder / "caching" / ("3" * 16)
    kept.mkdir()
    (kept / "state.npz").write_bytes(b"x" * 100)
    (folder / "compare" / "figure.csv").write_text("")
    return folder


def test_every_run_is_listed_with_its_status(results):
    found = {entry.folder.name[:1]: entry.status for entry in find_entries(results, experiment="caching")}
    assert found == {"0": "outdated", "1": "damaged", "2": "failed", "3": "kept"}
    assert [entry.status for entry in find_entries(results, experiment="compare")] == ["finished"] * 2
    rows = make_entry_rows(find_entries(results))
    assert len(rows) == 6
    assert [row["reason"] for row in rows if row["status"] == "failed"] == ["no numbers left"]
    with only_one(results / "caching" / ("3" * 16)):
        assert find_entries(results, key="3" * 16)[0].status == "running"


@pytest.mark.parametrize(
    ("wanted", "n_runs"),
    [
        ({"model": "spiking"}, 1),
        ({"seed": "5"}, 1),
        ({"seed": 2, "status": "finished"}, 1),
        ({"model": "ann", "experiment": "compare"}, 1),
        ({"model": "perceptron"}, 0),
    ],
)
def test_runs_are_found_by_what_they_are(results, wanted, n_runs):
    assert len(find_entries(results, **wanted)) == n_runs


def test_an_unknown_field_is_refused(results):
    with pytest.raises(RequestError, match="no field 'color'; there are experiment, status, key"):
        find_entries(results, color="blue")


def test_finished_runs_are_a_table(results):
    frame = load_runs(results)
    assert frame["experiment"].tolist() == ["compare"] * 2
    assert sorted(frame["model"]) == ["ann", "spiking"]
    assert load_runs(results, model="ann")["m0"].tolist() == [100]
    assert load_runs(results, model="none").empty


def test_a_run_is_found_by_the_beginning_of_its_key(results):
    key = make_config().key
    assert find_entry(results, key[:6]).folder == results / "compare" / key
    with pytest.raises(RequestError, match="no run 'ffff'"):
        find_entry(results, "ffff")
    with pytest.raises(RequestError, match="6 runs have keys that begin with ''"):
        find_entry(results, "")


def list_names(results, **options):
    found = list_garbage(find_entries(results), **options)
    return {path.relative_to(results).as_posix() for path, _ in found}


def test_garbage_is_what_nothing_needs(results):
    key = make_config().key
    run = results / "compare" / key
    leftovers = ("state.npz", "state.previous.npz", ".state.npz.77", FAILURE_FILE)
    for name in (*leftovers, ".git", ".notes", "notes.txt"):
        (run / name).write_bytes(b"12345")
    (run / ".ssh").mkdir()
    assert list_names(results) == {f"compare/{key}/{name}" for name in leftovers}
    old = "caching/" + "0" * 16
    of_old = {f"{old}/{name}" for name in ("run.json", "trace.csv", "weights.npz")}
    assert list_names(results, outdated=True) - list_names(results) == of_old
    for path, _ in list(list_garbage(find_entries(results), outdated=True)):
        delete_file(path)
    assert sorted(path.name for path in run.iterdir()) == [
        *(".git", ".notes", ".ssh", "notes.txt"),
        *("run.json", "trace.csv", "weights.npz"),
    ]
    assert not (results / old).exists()
    assert list_names(results, outdated=True) == set()


def test_a_checkpoint_that_has_the_only_weights_stays(results):
    run = results / "compare" / make_config().key
    (run / "state.npz").write_bytes(b"")
    (run / "weights.npz").unlink()
    assert list_names(results) == set()


def test_nothing_is_reached_through_a_link(results, tmp_path):
    run = results / "compare" / make_config().key
    elsewhere = tmp_path / "elsewhere"
    run.rename(elsewhere)
    (elsewhere / "state.npz").write_bytes(b"")
    run.symlink_to(elsewhere)
    assert list_names(results) == set()
    run.unlink()
    elsewhere.rename(run)
    assert list_names(results) == {f"compare/{run.name}/state.npz"}
    (run / "state.npz").rename(tmp_path / "state.npz")
    (run / "state.npz").symlink_to(tmp_path / "state.npz")
    assert list_names(results) == set()


def test_what_made_a_run_outdated_is_said(results):
    (old,) = find_entries(results, status="outdated")
    assert old.reason == "training had revision 0, and has 1"


def test_a_folder_that_is_being_worked_in_is_left_alone(results):
    run = results / "compare" / make_config().key
    (run / "state.npz").write_bytes(b"")
    assert any(path.parent == run for path, _ in list_garbage(find_entries(results)))
    with only_one(run):
        assert not any(path.parent == run for path, _ in list_garbage(find_entries(results)))
