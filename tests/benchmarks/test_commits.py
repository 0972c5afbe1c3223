"""Two commits' networks learn side by side."""

import shutil
import subprocess
import sys

import pytest

from benchmarks import commits
from benchmarks.turns import read_processor_time


def test_networks_of_two_folders_learn_in_turns():
    case = commits.Case("ann", 10, "plain")
    speeds = commits.measure(case, (commits.ROOT, commits.ROOT), 1, 0.01)
    assert len(speeds) == 2
    assert all(speed > 100 for speed in speeds)


@pytest.mark.skipif(
    not (commits.ROOT / ".git").exists() or not shutil.which("git"), reason="needs the repository's history"
)
def test_files_of_a_commit_are_unpacked_and_gone_afterwards():
    with commits.unpack("HEAD") as folder:
        assert (folder / "bioplast" / "__init__.py").is_file()
        assert not (folder / ".git").exists()
    assert not folder.exists()


def test_time_of_a_program_that_runs_still_is_counted():
    before = read_processor_time()
    code = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        during = read_processor_time()
        child.communicate(b"\n")
    assert during - before >= 0.4
    assert read_processor_time() >= during - 0.05  # it was not counted twice, nor forgotten
    assert read_processor_time() < during + 0.4
