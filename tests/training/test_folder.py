import dataclasses
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.training import RunConfig, set_up, write_run
from bioplast.training.folder import carry_out_in, find_run, make_checkpointer
from bioplast.training.record import read_run

ROOT = Path(__file__).parents[2]
CHANCE = ("seconds", "images_per_second", "created", "commit")


def make_setup(model, project, task, rule="plain", interval=20, **values):
    """A run of several chunks."""
    config = RunConfig(
        model,
        rule,
        task=str(task),
        **{"hidden": 6, "goal": 1.0, "max_samples": 100, "device": "runtime"} | values,
    )
    setup = set_up(config, project=project)
    return dataclasses.replace(setup, protocol=dataclasses.replace(setup.protocol, interval=interval))


def assert_same_run(run, other):
    for name, value in run.record.items():
        assert name in CHANCE or value == other.record[name], name
    assert run.trace == other.trace


def assert_same_state(state, other):
    assert state.trial == other.trial
    for layer, twin in zip(state.layers, other.layers, strict=True):
        assert layer.weights.tobytes() == twin.weights.tobytes()
        assert layer.books.m0.tobytes() == twin.books.m0.tobytes()
        assert layer.books.m1.tobytes() == twin.books.m1.tobytes()
        assert layer.books.maintenance == twin.books.maintenance
        assert {name: array.tobytes() for name, array in layer.carried.items()} == {
            name: array.tobytes() for name, array in twin.carried.items()
        }


# Trials of few steps in the networks that Brian2's runtime mode takes long for.
CASES = [
    ("ann", "subnet(3) + largest(0.2)", {}),
    ("ann", "cache(0.01, 0.001) + lazy", {}),
    pytest.param("ann", "above(0.001, target=0.1)", {}, marks=pytest.mark.long),
    pytest.param("rate", "largest(0.2)", {"n_settle": 5}, marks=pytest.mark.long),
    ("spiking", "plain", {"n_stimulus": 12}),
]


# Brian2's check of a float32 array for huge values overflows itself.
@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")
@pytest.mark.parametrize(("model", "rule", "options"), CASES)
def test_run_in_pieces_equals_the_run_in_one(tmp_path, patterns, model, rule, options):
    whole = make_setup(model, ROOT, patterns, rule, options=options).carry_out()
    folder = tmp_path / "run"
    for chunks in (1, 2):
        setup = make_setup(model, ROOT, patterns, rule, options=options)  # as a new process would
        answers = iter([False] * chunks + [True])
        checkpointer = make_checkpointer(folder, setup, resumes=True, wants_stop=answers.__next__)
        with pytest.raises(KeyboardInterrupt):
            carry_out_in(folder, setup, checkpointer=checkpointer, reuses=True)
        assert not (folder / "run.json").exists()
    setup = make_setup(model, ROOT, patterns, rule, options=options)
    checkpointer = make_checkpointer(folder, setup, resumes=True)
    resumed = carry_out_in(folder, setup, checkpointer=checkpointer, reuses=True)
    assert_same_run(resumed, whole)
    assert_same_state(resumed.state, whole.state)
    assert len(whole.trace) == 5


def test_finished_run_is_reused_where_it_will_do(tmp_path, study, patterns):
    def once(reuses):
        setup = make_setup("tiny", study, patterns, device="cpp_standalone")
        return carry_out_in(
            tmp_path / "run", setup, checkpointer=make_checkpointer(tmp_path / "run", setup), reuses=reuses
        )

    first = once(True)
    assert first.state is not None
    again = once(True)
    assert again.state is None  # read, not learned
    assert again.record == first.record
    assert once(False).state is not None


def test_run_that_another_process_finished_meanwhile_is_not_done_again(tmp_path, study, patterns):
    setup = make_setup("tiny", study, patterns, device="cpp_standalone")
    folder = tmp_path / "run"
    finished = carry_out_in(folder, setup, checkpointer=make_checkpointer(folder, setup), reuses=False)
    holder = "import sys, pathlib\nfrom bioplast.training.lock import only_one\n"
    holder += "with only_one(pathlib.Path(sys.argv[1])): print(flush=True); sys.stdin.read()\n"
    command = [sys.executable, "-c", holder, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        options = {
            "checkpointer": make_checkpointer(folder, setup),
            "reuses": False,
            "wait": other.stdin.close,
        }
        assert carry_out_in(folder, setup, **options).record == finished.record


def test_damaged_and_foreign_records_are_told_apart_from_none(tmp_path, study, patterns):
    folder = tmp_path / "run"
    assert find_run(folder, "k") is None
    setup = make_setup("tiny", study, patterns, device="cpp_standalone")
    write_run(folder, setup.carry_out())
    key = setup.config.key
    assert find_run(folder, key).record["key"] == key
    with pytest.raises(RequestError, match=f"holds another run, with the key {key}, not other"):
        find_run(folder, "other")
    (folder / "run.json").write_text((folder / "run.json").read_text()[:100])
    with pytest.raises(RequestError, match="is damaged"):
        find_run(folder, key)


# Imports everything once, then carries out command after command, each in a process of its own, which it may
# kill after some seconds.
SERVER = """
import json, os, signal, sys, time
import brian2, numba
from bioplast.cli import main

for line in sys.stdin:
    arguments, seconds = json.loads(line)
    process = os.fork()
    if not process:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = main(arguments)
        sys.stderr.flush()
        os._exit(status)  # Brian2's log file is the server's to delete
    if seconds is not None:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@pytest.fixture
def train_in_a_process(monkeypatch):
    """A function that trains with checkpoints after every chunk, and says how the process ended."""
    monkeypatch.setenv("BIOPLAST_CHECKPOINT_SECONDS", "0")
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as server:

        def train(model, project, out, options, *, seconds=None):
            command = ["train", model, "--project", project, "--out", out, *options, "--resume"]
            print(json.dumps([[str(part) for part in command], seconds]), file=server.stdin, flush=True)
            return int(server.stdout.readline())

        yield train
        _, errors = server.communicate()
        assert errors == ""


def load(path):
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name].tobytes() for name in file.files if name not in ("header", "checksum")}


def check_kills(train, tmp_path, model, project, options, *, n_runs, n_kills):
    """Kill runs at random moments, several times each; each must end as if nothing had been."""
    assert train(model, project, tmp_path / "warm", options) == 0  # compiles
    begin = time.monotonic()
    assert train(model, project, tmp_path / "whole", options) == 0
    longest = time.monotonic() - begin
    moments = random.Random(1)
    whole = read_run(tmp_path / "whole")
    for number in range(n_runs):
        out = tmp_path / f"killed {number}"
        ends = [
            train(model, project, out, options, seconds=moments.uniform(0.1, 1.0) * longest)
            for _ in range(n_kills)
        ]
        assert -signal.SIGKILL in ends
        assert train(model, project, out, options) == 0
        assert_same_run(read_run(out), whole)
        assert load(out / "state.npz") == load(tmp_path / "whole" / "state.npz")


def test_killed_at_random_moments_and_resumed(train_in_a_process, tmp_path, study, patterns):
    text = (study / "models" / "tiny.py").read_text()
    endless = text.replace("predictions[trial] = scores.argmax()", "predictions[trial] = -1")
    assert endless != text
    (study / "models" / "endless.py").write_text(endless)
    options = ["--task", patterns, "--max-samples", "30000"]
    check_kills(train_in_a_process, tmp_path, "endless", study, options, n_runs=1, n_kills=3)


@pytest.mark.long
@pytest.mark.parametrize("model", ["ann", "rate", "spiking"])
def test_each_network_killed_at_twenty_random_moments_and_resumed(train_in_a_process, tmp_path, model):
    options = ["--goal", "1", "--hidden", "20", "--rule", "largest(0.1)", "--max-samples", "6000"]
    check_kills(train_in_a_process, tmp_path, model, ROOT, options, n_runs=5, n_kills=4)


@pytest.mark.long
@pytest.mark.parametrize("model", ["recurrent", "rnn"])
def test_networks_in_time_killed_at_twenty_random_moments_and_resumed(train_in_a_process, tmp_path, model):
    options = ["--task", "cues(delay=50)", "--goal", "1", "--hidden", "20", "--max-samples", "3000"]
    options += ["--rule", "adam + largest(0.1) + cache(0.001)"]
    check_kills(train_in_a_process, tmp_path, model, ROOT, options, n_runs=5, n_kills=4)
