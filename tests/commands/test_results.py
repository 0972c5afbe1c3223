"""``bioplast list``, ``show`` and ``gc``."""

from bioplast.plasticity import RULES
from bioplast.tasks import TASKS


def test_list_names_everything_with_a_line_each(call):
    status, out, err = call("list")
    assert (status, err) == (0, "")
    for name in (*RULES, *TASKS, "tiny", "nothing", "DIR"):
        (line,) = [
            line for line in out.splitlines() if line.split()[:1] and line.split()[0].split("(")[0] == name
        ]
        assert len(line.split()) > 2


def test_project_may_be_named_from_elsewhere(call, study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("list")[0] == 2
    status, out, _ = call("list", "--project", study)
    assert status == 0
    assert "tiny" in out


def test_show_prints_a_run_by_its_folder_or_its_file(train, call, study):
    train("--out", study / "here", "--seed", 12)
    status, out, err = call("show", "here")
    assert (status, err) == (0, "")
    assert "seed 12" in out
    assert call("show", "here/run.json")[1] == out


def test_runs_are_listed_shown_by_key_and_cleaned_up(train, call, study, list_files):
    assert "0 runs in" in call("list", "--runs")[1]
    train("--seed", 12)
    train("--seed", 13, "--rule", "largest(0.5)")
    status, out, err = call("list", "--runs")
    assert (status, err) == (0, "")
    assert "2 runs in" in out
    folders = sorted((study / "results" / "train").iterdir())
    assert all(folder.name in out for folder in folders)
    assert "1 runs in" in call("list", "--runs", "--where", "seed=12", "--where", "model=tiny")[1]
    for folder in folders:
        assert call("show", folder.name[:8])[1] == call("show", folder)[1]
    before = list_files(study)
    status, out, err = call("gc")
    assert out.count("checkpoint of a finished run") == 2
    assert list_files(study) == before
    call("gc", "--delete")
    assert sorted({path.name for path in list_files(study / "results") if path.is_file()}) == [
        "run.json",
        "trace.csv",
    ]
    assert call("show", folders[0].name)[0] == 0
