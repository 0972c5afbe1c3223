import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bioplast.errors import RequestError
from bioplast.training.lock import LOCK_FILE, only_one

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from bioplast.training.lock import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


class StillHeldError(Exception):
    pass


def give_up():
    raise StillHeldError


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of ``tmp_path / "run"`` until it is ended."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_nothing_is_left_behind(tmp_path):
    with only_one(tmp_path / "run") as waited:
        assert not waited
        assert [path.name for path in (tmp_path / "run").iterdir()] == [LOCK_FILE]
    assert list((tmp_path / "run").iterdir()) == []


def test_another_process_is_waited_for(tmp_path, holder):
    with pytest.raises(StillHeldError), only_one(tmp_path / "run", give_up):
        pytest.fail("two hold the lock")
    n_waits = 0

    def wait():
        nonlocal n_waits
        n_waits += 1
        holder.stdin.close()

    with only_one(tmp_path / "run", wait) as waited:
        assert waited
    assert n_waits > 0


def test_process_that_is_killed_leaves_no_lock(tmp_path, holder):
    holder.kill()
    holder.wait()
    with only_one(tmp_path / "run", give_up) as waited:
        assert not waited


def test_of_many_one_at_a_time(tmp_path):
    inside, most = 0, 0

    def work():
        nonlocal inside, most
        for _ in range(3):
            with only_one(tmp_path / "run"):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(RequestError, match=r"out: cannot write to .*file/run: Not a directory"),
        only_one(tmp_path / "file" / "run"),
    ):
        pytest.fail("there is no folder to lock")
