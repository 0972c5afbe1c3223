"""A command ends when the process that wanted it does."""

import os
import signal
import subprocess
import sys

import pytest

from bioplast.backends.programs.guard import run_guarded

# One that wants a command which, as make does, waits for others. All of them hold the named pipe open.
WANT = """
import os, signal, sys
from bioplast.backends.programs.guard import run_guarded
signal.signal(signal.SIGINT, signal.default_int_handler)
script = 'exec 9>"$0"; echo started >&9; sleep 30 & (sleep 30; sleep 30); wait; echo ended >&9'
run_guarded(["/bin/sh", "-c", script, sys.argv[1]], os.environ)
"""


def test_status_and_what_was_said():
    done = run_guarded(["/bin/sh", "-c", "echo out; echo 'told to you' >&2; exit 7"], os.environ)
    assert (done.returncode, done.stderr) == (7, "told to you\n")
    assert run_guarded(["/bin/true"], os.environ).returncode == 0
    done = run_guarded(["/bin/sh", "-c", 'echo "$NAME" >&2'], {"NAME": "value"})
    assert done.stderr == "value\n"


def test_no_such_command():
    done = run_guarded(["/no/such/command"], os.environ)
    assert done.returncode == 127
    assert "/no/such/command" in done.stderr


def test_it_reads_nothing_that_is_meant_for_us():
    assert run_guarded(["/bin/sh", "-c", "read line; exit $?"], os.environ).returncode == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_goes_on_after_the_end_of_who_wanted_it(tmp_path, request, number):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    command = [sys.executable, "-c", WANT, str(path)]
    with (
        subprocess.Popen(command, cwd=request.config.rootpath, stderr=subprocess.DEVNULL) as process,
        path.open() as pipe,
    ):
        assert pipe.readline() == "started\n"
        process.send_signal(number)
        assert pipe.read() == ""  # when the last of them is gone
    assert process.returncode == -number
