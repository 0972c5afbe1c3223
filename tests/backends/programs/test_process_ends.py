"""A program ends with the process that started it; one that is interrupted or killed does so in one line."""

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from processes import has_ended, wait_until

ROOT = Path(__file__).parents[3]

# Learns from trials of 1000 steps, so many that it takes minutes.
LONG = textwrap.dedent(
    """
    import os, signal, sys, threading, time
    import numpy as np
    import psutil
    from brian2 import Clock, Network, NeuronGroup, ms
    from bioplast.backends.programs.program import build_program
    from bioplast.backends.programs.stimulus import Screen, Stimulus, make_stimulus_functions
    from bioplast.tasks import Images, Trials

    def assemble():
        clock = Clock(1*ms, name="clock")
        functions = make_stimulus_functions(2, Screen())
        group = NeuronGroup(1, "over : integer\\nx : 1", namespace=functions, clock=clock, name="group")
        group.run_regularly("x += 1; over = is_over((timestep(t, dt) + 1)//1000)", when="end")
        return Network(group)

    images = Images(np.zeros((1, 1), np.uint8), np.zeros(1, np.uint8))
    program = build_program(assemble, "float64")

    def run(n_trials):
        stimulus = Stimulus.of(Trials(images, np.zeros(n_trials, np.int64)), 1)
        return program.run({}, stimulus, ["group.x"])

    run(1)

    def when_at_work(act):
        # Do something to the program in the midst of a chunk.
        child = psutil.Process().children()[0]
        begun = child.cpu_times().user

        def wait():
            while child.cpu_times().user < begun + 0.3:
                time.sleep(0.01)
            act(child)

        threading.Thread(target=wait).start()
    """
)


@contextmanager
def started(code):
    """A process that runs ``LONG`` and ``code``."""
    with subprocess.Popen(
        [sys.executable, "-c", LONG + textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        yield process


@pytest.mark.parametrize("at_work", [True, False], ids=["in a chunk", "between two"])
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_program_ends_with_the_process_that_started_it(at_work, sent):
    work = "run(1_000_000)" if at_work else "sys.stdin.read()"
    with started(f"print(psutil.Process().children()[0].pid, flush=True)\n{work}") as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        if at_work:
            wait_until(lambda: child.cpu_times().user > 0.3)
        parent.send_signal(sent)
        parent.wait()
        wait_until(lambda: has_ended(child))
        assert has_ended(child)


def test_program_ends_with_a_process_whose_fork_lives_on():
    """The fork holds the pipe open that the program reads from."""
    code = """
        child, fork = psutil.Process().children()[0].pid, os.fork()
        if not fork:
            time.sleep(600)
        print(child, fork, flush=True)
        sys.stdin.read()
        """
    with started(code) as parent:
        child, fork = (psutil.Process(int(pid)) for pid in parent.stdout.readline().split())
        parent.kill()
        parent.wait()
        wait_until(lambda: has_ended(child))
        assert has_ended(child)
        assert fork.is_running()
        fork.kill()


def test_interrupt_ends_the_chunk_and_the_next_run_begins_anew():
    code = """
        signal.signal(signal.SIGINT, signal.default_int_handler)
        when_at_work(lambda child: os.kill(os.getpid(), signal.SIGINT))
        try:
            run(1_000_000)
        except KeyboardInterrupt:
            print(len(psutil.Process().children()), run(2)["group.x"][0], len(psutil.Process().children()))
        """
    with started(code) as process:
        assert process.communicate() == ("0 2000.0 1\n", "")


def test_program_that_is_killed_in_a_chunk_says_so():
    code = """
        from bioplast.errors import MachineError
        when_at_work(lambda child: child.kill())
        try:
            run(1_000_000)
        except MachineError as error:
            print(error)
        print(run(2)["group.x"][0])
        """
    with started(code) as process:
        out, err = process.communicate()
    told, after = out.splitlines()
    assert told.startswith("compiled network in ")
    assert told.endswith(" failed: Killed")
    assert (after, err) == ("2000.0", "")
