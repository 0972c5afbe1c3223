"""``bioplast run``: what it asks of the study."""

from bioplast.errors import IncompleteStudyError


def test_run_hands_its_options_to_the_study(call, study, monkeypatch):
    asked = {}

    def run_experiments(modules, **options):
        asked.update(options, modules=[module.__name__ for module in modules])
        return [study / "results" / "nothing"]

    monkeypatch.setattr("bioplast.studies.study.run_experiments", run_experiments)
    status, out, _ = call("run", "nothing", "--quick", "--seeds", 2, "--workers", 1, "--fresh")
    assert status == 0
    assert str(study / "results" / "nothing") in out
    assert asked.pop("report").stderr
    assert asked == {
        "modules": ["bioplast_experiments.nothing"],
        "project": study,
        "quick": True,
        "seeds": 2,
        "workers": 1,
        "fresh": True,
        "retry": False,
        "scheduler": None,
        "certificates": None,
        "shown": None,
    }


def test_study_with_failed_runs_ends_with_status_one_and_one_line(call, monkeypatch):
    def run_experiments(modules, **options):
        raise IncompleteStudyError("1 of 3 runs failed: out of memory")

    monkeypatch.setattr("bioplast.studies.study.run_experiments", run_experiments)
    assert call("run", "nothing") == (1, "", "bioplast: 1 of 3 runs failed: out of memory\n")
