"""A study's cluster: who reaches it, and that it goes with the study."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from distributed.security import Security

from bioplast.errors import RequestError
from bioplast.studies.cluster import open_cluster

ROOT = Path(__file__).parents[2]


def ask(workers, n_workers, function, *arguments):
    """What ``function`` gives in each of the workers, once there are as many."""
    workers.client.wait_for_workers(n_workers, timeout=60)
    answers = list(workers.client.run(function, *arguments).values())
    assert len(answers) == n_workers
    return answers


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:port"])
def test_no_scheduler_there_is_one_line(address, monkeypatch):
    monkeypatch.setattr("bioplast.studies.cluster.CONNECT_SECONDS", 0.5)
    with (
        pytest.raises(RequestError, match="scheduler: no Dask scheduler at ") as caught,
        open_cluster(1, address),
    ):
        pytest.fail("it was found")
    assert "\n" not in str(caught.value)


def list_listening(pids):
    """Addresses, as /proc/net/tcp writes them, that sockets of these processes listen at."""
    inodes = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                inodes.add(str(entry.readlink()).removeprefix("socket:[").removesuffix("]"))
            except FileNotFoundError:
                continue
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                listening.append(fields[1].rpartition(":")[0])
    return listening


def test_workers_are_out_of_reach_of_ctrl_c():
    with open_cluster(1) as workers:
        sessions = ask(workers, 1, os.getsid, 0)
    assert os.getsid(0) not in sessions


def test_nothing_listens_beyond_this_machine():
    loopback = "0100007F"
    with open_cluster(2) as workers:
        listening = list_listening([os.getpid(), *ask(workers, 2, os.getpid)])
    assert len(listening) >= 3
    assert set(listening) == {loopback}


def test_workers_do_not_outlive_a_study_that_is_killed(tmp_path):
    program = (
        "import os, time\n"
        "from bioplast.studies.cluster import open_cluster\n"
        "if __name__ == '__main__':\n"
        "    with open_cluster(2) as workers:\n"
        "        workers.client.wait_for_workers(2)\n"
        "        print(*workers.client.run(os.getpid).values(), flush=True)\n"
        "        time.sleep(600)\n"
    )
    (tmp_path / "program.py").write_text(program)
    command = [sys.executable, str(tmp_path / "program.py")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        workers = [int(pid) for pid in process.stdout.readline().split()]
        assert len(workers) == 2
        process.kill()
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.1)


def test_workers_that_do_not_end_in_time_spoil_no_study(monkeypatch):
    close = LocalCluster.close

    def close_late(cluster, *args, **kwargs):
        close(cluster, *args, **kwargs)
        raise TimeoutError

    monkeypatch.setattr(LocalCluster, "close", close_late)
    with open_cluster(1) as workers:
        assert workers.client.submit(sum, [1, 2]).result() == 3


def test_strangers_on_this_machine_are_kept_out():
    """Neither scheduler nor workers answer somebody without the certificates of the study."""
    with open_cluster(1) as workers:
        (of_worker,) = ask(workers, 1, lambda dask_worker: dask_worker.address)
        addresses = [workers.client.scheduler.address, of_worker]
        strangers = [None, Security.temporary()]
        for address in addresses:
            assert address.startswith("tls://127.0.0.1:")
            for security in strangers:
                plain = address if security else address.replace("tls", "tcp")
                with pytest.raises((OSError, TimeoutError)):
                    Client(plain, security=security, timeout=2, set_as_default=False)
