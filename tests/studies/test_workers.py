"""Studies on workers that die, that were started elsewhere, or that share a folder."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster
from distributed.security import Security

from bioplast.errors import RequestError
from bioplast.studies.executor import execute
from bioplast.studies.jobs import Job
from bioplast.training.config import RunConfig
from bioplast.training.record import read_run, write_run
from bioplast.training.run import carry_out, set_up

ROOT = Path(__file__).parents[2]
N_RUNS = 60
CHANCE = ("seconds", "images_per_second", "created")


def list_workers():
    """The workers that this process has started; others may have left processes of their own here."""
    workers = []
    for process in psutil.Process().children():
        with suppress(psutil.Error):
            if "distributed.cli.dask_worker" in process.cmdline():
                workers.append(process)
    return workers


class Killer:
    """A watcher that kills the process of a worker whenever as many runs have ended as ``moments`` says."""

    def __init__(self, moments=()):
        self.moments = list(moments)
        self.killed = []
        self.ended = []
        self.workers = set()
        self.processes = set()

    def on_event(self, event):
        self.workers.add(event.worker)

    def on_end(self, job, failure):
        self.ended.append((job, failure))
        if self.moments and len(self.ended) >= self.moments[0]:
            del self.moments[0]
            # One that was killed a moment ago may not have gone yet.
            victim = next(p for p in list_workers() if p.pid not in self.killed)
            os.kill(victim.pid, signal.SIGKILL)
            self.killed.append(victim.pid)

    def on_warning(self, message):
        raise AssertionError(message)

    def on_tick(self):
        self.processes |= {process.pid for process in list_workers()}


@pytest.fixture
def jobs(tmp_path, study, patterns):
    (tmp_path / "out").mkdir()
    jobs = []
    for seed in range(1, N_RUNS + 1):
        config = RunConfig("tiny", seed=seed, task=str(patterns), goal=1.0, max_samples=480)
        config = set_up(config, project=study).config
        jobs.append(Job(config, tmp_path / "out" / config.key))
    return jobs


def what_was_learned(run):
    return {name: value for name, value in run.record.items() if name not in CHANCE}, run.trace


def check(jobs, study, watcher):
    """Every run is there, ended once, and is what it is without any cluster."""
    assert sorted(watcher.ended) == [(index, None) for index in range(N_RUNS)]
    assert sorted(path.parent.name for path in jobs[0].folder.parent.glob("*/run.json")) == sorted(
        job.config.key for job in jobs
    )
    for job in jobs:
        alone = carry_out(job.config, project=study)
        assert what_was_learned(read_run(job.folder)) == what_was_learned(alone)


def test_two_local_workers_of_which_one_is_killed_twice(jobs, study):
    watcher = Killer(moments=(12, 30))
    assert execute(jobs, project=study, workers=2, watcher=watcher) == []
    assert len(set(watcher.killed)) == 2
    # Those that died were replaced; a new worker may get the address of an old one.
    assert len(watcher.processes) >= 3
    check(jobs, study, watcher)
    assert list_workers() == []


@pytest.fixture
def scheduler(tmp_path, monkeypatch):
    """A scheduler and two workers as processes of their own, started in another folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    processes = []

    def start(name, *options):
        command = [sys.executable, "-m", f"distributed.cli.{name}", "--host", "127.0.0.1", *options]
        log = (elsewhere / f"{name}.log").open("w")
        processes.append(subprocess.Popen(command, cwd=elsewhere, env=environment, stdout=log, stderr=log))
        log.close()

    start("dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    while not (file.exists() and file.read_text().endswith("}")):
        assert processes[0].poll() is None, (elsewhere / "dask_scheduler.log").read_text()
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    start("dask_worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard")
    yield address
    for process in reversed(processes):
        process.terminate()
    for process in processes:
        process.wait()


def test_scheduler_and_workers_that_were_started_elsewhere(jobs, study, scheduler, tmp_path):
    watcher = Killer()
    # Workers may come later than the study does.
    assert execute(jobs, project=study, workers=1, watcher=watcher, scheduler=scheduler) == []
    check(jobs, study, watcher)
    assert len(watcher.workers) == 2
    # A later study on the same workers has the files of its own day.
    model = study / "models" / "tiny.py"
    model.write_text(model.read_text().replace("macs = 0", "raise ArithmeticError('of a later day')"))
    stale = Job(jobs[0].config, jobs[0].folder, is_fresh=True)
    later = Job(
        set_up(replace(jobs[0].config, provenance=None), project=study).config,
        tmp_path / "later",
        is_fresh=True,
    )
    failures = execute([stale, later], project=study, workers=1, watcher=Killer(), scheduler=scheduler)
    assert failures[0].reason.endswith("the code of models/tiny.py is another")
    assert failures[1].reason.startswith("ArithmeticError: of a later day")


def test_a_worker_that_does_not_see_the_results_says_so(jobs, study, tmp_path):
    hidden = Job(jobs[0].config, tmp_path / "nowhere" / "run")
    (failure,) = execute([hidden], project=study, workers=1, watcher=Killer())
    assert failure.reason.endswith("results must be on a disk that all share")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.long
def test_memory_of_the_study_stays_flat(tmp_path, study, patterns):
    resident = {}

    class Scale(Killer):
        def on_end(self, job, failure):
            super().on_end(job, failure)
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            resident[len(self.ended)] = pages * os.sysconf("SC_PAGE_SIZE")

    (tmp_path / "out").mkdir()
    jobs = []
    for seed in range(1000):
        config = RunConfig("tiny", seed=seed, task=str(patterns), goal=0.5, max_samples=5)
        config = set_up(config, project=study).config
        jobs.append(Job(config, tmp_path / "out" / config.key))
    watcher = Scale()
    assert execute(jobs, project=study, workers=2, watcher=watcher) == []
    assert len(watcher.ended) == 1000
    # A run's record alone is 2 kB.
    assert resident[1000] - resident[10] < 10e6, resident


def test_workers_killed_while_they_start_are_replaced(jobs, study):
    """Every process is killed as soon as it is seen, until eight are; the first while it starts."""
    stop = threading.Event()
    killed = set()

    def kill():
        while len(killed) < 8 and not stop.wait(0.05):
            for process in list_workers():
                if process.pid not in killed and len(killed) < 8:
                    os.kill(process.pid, signal.SIGKILL)
                    killed.add(process.pid)

    killer = threading.Thread(target=kill)
    killer.start()
    watcher = Killer()
    try:
        assert execute(jobs, project=study, workers=2, watcher=watcher) == []
    finally:
        stop.set()
        killer.join()
    assert len(killed) == 8
    check(jobs, study, watcher)


def test_a_study_without_workers_ends_with_what_it_has(jobs, study, monkeypatch):
    monkeypatch.setattr("bioplast.studies.executor._NO_WORKER_SECONDS", 3.0)
    monkeypatch.setattr("sys.executable", "/bin/false")
    write_run(jobs[0].folder, carry_out(jobs[0].config, project=study))
    watcher = Killer()
    failures = execute(jobs, project=study, workers=2, watcher=watcher)
    assert [failure.config for failure in failures] == [job.config for job in jobs[1:]]
    assert {failure.reason for failure in failures} == {"no worker was left, and none came in 3 s"}
    assert all(failure.is_lost for failure in failures)
    assert sorted(watcher.ended) == [(0, None), *zip(range(1, N_RUNS), failures, strict=True)]


def test_a_scheduler_with_certificates(jobs, study, tmp_path):
    """``--certificates``: the study is let in with them, and told no without."""
    security = Security.temporary()
    folder = tmp_path / "certificates"
    folder.mkdir()
    for name, file in (("ca_file", "ca.pem"), ("cert", "cert.pem"), ("key", "key.pem")):
        (folder / file).write_text(security.get_tls_config_for_role("client")[name])
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, security=security, dashboard_address=None
        ) as cluster,
    ):
        address = cluster.scheduler_address
        options = {"project": study, "workers": 1, "watcher": Killer(), "scheduler": address}
        assert execute(jobs[:2], **options, certificates=folder) == []
        with pytest.raises(RequestError, match="scheduler: no Dask scheduler at "):
            execute(jobs[2:4], **options)
        (folder / "key.pem").unlink()
        with pytest.raises(RequestError, match=r"certificates: no key\.pem in "):
            execute(jobs[2:4], **options, certificates=folder)
