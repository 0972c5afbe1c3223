import os
from pathlib import Path

import psutil
import pytest

from bioplast.studies.executor import execute
from bioplast.studies.jobs import Job
from bioplast.training.config import RunConfig
from bioplast.training.record import read_run
from bioplast.training.run import carry_out, set_up

TINY = Path(__file__).parents[1] / "study" / "models" / "tiny.py"


class Log:
    """A watcher that keeps what it is told."""

    def __init__(self):
        self.started = []
        self.ended = {}
        self.events = []

    def on_event(self, event):
        if event.job not in self.started:
            self.started.append(event.job)
        self.events.append(event)

    def on_end(self, job, failure):
        self.ended[job] = failure

    def on_warning(self, message):
        raise AssertionError(message)

    def on_tick(self):
        pass


class Interrupt(Log):
    """Ctrl-C when the first run has ended."""

    def on_end(self, job, failure):
        raise KeyboardInterrupt


def add_model(study, name, old, new):
    """A network like tiny, with the line ``old`` replaced by ``new``."""
    text = TINY.read_text()
    assert old in text
    (study / "models" / f"{name}.py").write_text(text.replace(old, new))


@pytest.fixture
def make_job(tmp_path, study, patterns):
    (tmp_path / "out").mkdir()

    def make(model="tiny", seed=1, expected_seconds=1.0, max_samples=480, goal=1.0, is_fresh=False):
        config = RunConfig(model, seed=seed, task=str(patterns), goal=goal, max_samples=max_samples)
        config = set_up(config, project=study).config
        return Job(config, tmp_path / "out" / f"{model}-{seed}", expected_seconds, is_fresh)

    return make


def what_was_learned(run):
    """A run without what differs from one time to the next."""
    chance = ("seconds", "images_per_second", "created")
    return {name: value for name, value in run.record.items() if name not in chance}, run.trace


def test_two_workers_give_what_one_process_gives(study, make_job):
    jobs = [make_job(seed=seed) for seed in (1, 2, 3, 4)]
    log = Log()
    assert execute(jobs, project=study, workers=2, watcher=log) == []
    assert log.ended == dict.fromkeys(range(4))
    for job in jobs:
        alone = carry_out(job.config, project=study)
        assert what_was_learned(read_run(job.folder)) == what_was_learned(alone)


def test_the_longest_starts_first_and_the_watcher_hears_how_far_it_is(study, make_job):
    jobs = [make_job(seed=seed, expected_seconds=length) for seed, length in ((1, 5.0), (2, 50.0), (3, 9.0))]
    log = Log()
    execute(jobs, project=study, workers=1, watcher=log)
    assert log.started == [1, 2, 0]
    last = [event for event in log.events if event.job == 1][-1]
    record = read_run(jobs[1].folder).record
    assert (last.samples, last.online) == (record["samples"], record["accuracy"]["online"])
    assert last.images_per_second > 0


def test_a_run_that_fails_is_told_with_its_reason_and_the_others_go_on(study, make_job):
    add_model(study, "broken", "macs = 0", "raise ArithmeticError('no numbers left')")
    add_model(study, "refused", "macs = 0", "macs = 0")
    jobs = [make_job("broken"), make_job("tiny"), make_job("refused")]
    add_model(study, "refused", 'device == "runtime"', 'device != "runtime"')
    log = Log()
    broken, refused = execute(jobs, project=study, workers=1, watcher=log)
    assert broken.config == jobs[0].config
    assert broken.reason == "ArithmeticError: no numbers left"
    assert "Traceback" in broken.details
    assert not broken.is_request
    assert refused.reason.startswith("device: tiny has no device")
    assert refused.is_request
    assert read_run(jobs[1].folder).record["model"] == "tiny"
    assert log.ended == {0: broken, 1: None, 2: refused}


@pytest.mark.long
def test_a_process_that_dies_takes_no_other_run_with_it(study, make_job):
    add_model(study, "deadly", "macs = 0", "import os; os._exit(9)")
    jobs = [make_job("tiny", seed=1), make_job("deadly"), make_job("tiny", seed=2), make_job("tiny", seed=3)]
    log = Log()
    (failure,) = execute(jobs, project=study, workers=2, watcher=log)
    assert failure.config == jobs[1].config
    assert "its process died" in failure.reason
    assert [read_run(jobs[index].folder).record["seed"] for index in (0, 2, 3)] == [1, 2, 3]
    assert log.ended == {0: None, 1: failure, 2: None, 3: None}


def test_an_interrupt_keeps_what_is_finished_and_leaves_no_process(study, make_job):
    add_model(study, "endless", "predictions[trial] = scores.argmax()", "predictions[trial] = -1")
    jobs = [make_job("tiny", expected_seconds=2.0), make_job("endless", max_samples=10**9)]
    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        execute(jobs, project=study, workers=1, watcher=Interrupt())
    assert read_run(jobs[0].folder).record["model"] == "tiny"
    assert not jobs[1].folder.exists()
    assert psutil.Process().children() == before


def test_every_worker_has_one_thread(study, make_job, monkeypatch):
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    asking = f"import os; raise ArithmeticError([os.environ[name] for name in {names}])"
    add_model(study, "counting", "macs = 0", asking)
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    (failure,) = execute([make_job("counting")], project=study, workers=1, watcher=Log())
    assert failure.reason == "ArithmeticError: ['1', '1', '1', '1']"
    assert os.environ["OMP_NUM_THREADS"] == "8"
