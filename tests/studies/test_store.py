import json
from dataclasses import replace

import pytest

from bioplast.errors import RequestError
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.jobs import Failure
from bioplast.studies.store import Store
from bioplast.training.config import RunConfig
from bioplast.training.folder import find_run
from bioplast.training.record import write_run

PROVENANCE = {"data": "ab", "revisions": {"training": 1}, "code": {"models/ann.py": "cd"}}
CONFIG = RunConfig(
    "ann",
    hidden=3,
    device="cpp_standalone",
    max_samples=10,
    settings={"learning_rate": 0.1},
    provenance=PROVENANCE,
)


def test_a_run_is_found_by_its_key(tmp_path, make_run):
    store = Store(tmp_path / "results" / "compare")
    assert not store.has(CONFIG)
    write_run(store.folder_of(CONFIG), make_run(m0=42, key=CONFIG.key))
    assert store.has(CONFIG)
    assert store.read(CONFIG).record["energy"]["m0"] == 42
    assert store.folder_of(CONFIG) == tmp_path / "results" / "compare" / CONFIG.key


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"rule": "largest(0.1)"}, {"goal": 0.9}, {"settings": {"learning_rate": 0.2}}]
)
def test_another_configuration_is_another_run(tmp_path, make_run, change):
    store = Store(tmp_path)
    write_run(store.folder_of(CONFIG), make_run())
    assert not store.has(replace(CONFIG, **change))
    assert not store.reuse(replace(CONFIG, **change))


def test_a_run_without_its_record_is_not_finished(tmp_path):
    store = Store(tmp_path)
    store.folder_of(CONFIG).mkdir()
    (store.folder_of(CONFIG) / "trace.csv").write_text("samples\n2000\n")
    assert not store.has(CONFIG)


@pytest.mark.parametrize("change", [{"text": '{"key": '}, {"key": "another"}])
def test_a_run_that_is_not_whole_or_not_its_own_counts_as_not_there(tmp_path, make_run, change):
    told = []
    store = Store(tmp_path, told.append)
    folder = store.folder_of(CONFIG)
    write_run(folder, make_run(key=change.get("key", CONFIG.key)))
    if "text" in change:
        (folder / "run.json").write_text(change["text"])
    assert not store.has(CONFIG)
    assert store.find(CONFIG) is None
    (line,) = told
    assert str(folder) in line
    assert line.endswith("; it is carried out again")


def test_a_changed_meaning_of_a_configuration_reuses_nothing(tmp_path, make_run, monkeypatch):
    store = Store(tmp_path)
    write_run(store.folder_of(CONFIG), make_run(key=CONFIG.key))
    monkeypatch.setattr("bioplast.training.config.SCHEMA", 10**6)
    with pytest.raises(RequestError, match="holds another run"):
        find_run(store.folder_of(CONFIG), replace(CONFIG).key)


def test_the_note_of_a_failure_on_a_full_disk_is_not_what_ends_a_study(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    told = []
    store = Store(tmp_path, told.append)
    monkeypatch.setattr("os.fsync", fail)
    store.record_failure(Failure(CONFIG, "no numbers left"))
    (line,) = told
    assert line.endswith("No space left on device; why the run failed is not kept")
    assert store.find_failure(CONFIG) is None


def test_a_failure_is_recorded_with_its_reason_and_forgotten(tmp_path):
    store = Store(tmp_path)
    store.record_failure(Failure(CONFIG, "no C++ compiler", "Traceback ..."))
    path = store.folder_of(CONFIG) / FAILURE_FILE
    note = json.loads(path.read_text())
    assert (note["reason"], note["details"]) == ("no C++ compiler", "Traceback ...")
    assert RunConfig.from_dict(note["config"]) == CONFIG
    assert not store.has(CONFIG)
    assert store.find_failure(CONFIG) == Failure(CONFIG, "no C++ compiler", "Traceback ...")
    store.forget_failure(CONFIG)
    assert not path.exists()
    assert store.find_failure(CONFIG) is None


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match=r"cannot write to .*file"):
        Store(tmp_path / "file" / "compare")
