"""Compiled programs: found again, built once, run from their arguments alone."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, get_device, ms

from bioplast.backends.programs import compile as compiling
from bioplast.backends.programs import program as module
from bioplast.backends.programs.program import Program, build_program
from bioplast.errors import MachineError, RequestError
from bioplast.plasticity.forms import BrianForm

ROOT = Path(__file__).parents[3]
WANTED = ["synapses.w", "synapses.m0", "spikes.i", "spikes.t"]

# One process of several that want the same network.
WANT_NETWORK = textwrap.dedent(
    """
    import sys
    import numpy as np
    from brian2 import Clock, Network, NeuronGroup, ms
    from bioplast.backends.programs.program import build_program
    from bioplast.backends.programs.stimulus import Screen, Stimulus, make_stimulus_functions
    from bioplast.tasks import Images, Trials

    def assemble():
        clock = Clock(1*ms, name="clock")
        functions = make_stimulus_functions(2, Screen())
        group = NeuronGroup(1, "over : integer\\nx : 1", namespace=functions, clock=clock, name="group")
        group.run_regularly("x += 1; over = is_over(timestep(t, dt) + 1)", when="end")
        return Network(group)

    images = Images(np.zeros((1, 1), np.uint8), np.zeros(1, np.uint8))
    stimulus = Stimulus.of(Trials(images, np.zeros(int(sys.argv[1]), np.int64)), 1)
    program = build_program(assemble, "float64")
    print(program.folder.name, program.run({"group.x": 0.5}, stimulus, ["group.x"])["group.x"][0])
    """
)


def get_names(folder):
    return sorted(path.name for path in (folder / "programs").iterdir() if path.suffix != ".lock")


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A file with a line for every call of ``make``: its arguments."""
    bin_folder, log = tmp_path / "bin", tmp_path / "calls"
    bin_folder.mkdir()
    wrapper = bin_folder / "make"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{shutil.which("make")}" "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_folder), prepend=os.pathsep)
    return log


@pytest.mark.slow
def test_two_processes_build_a_program_once(tmp_path, monkeypatch, counted):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WANT_NETWORK, str(n_trials)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n_trials in (3, 5)
    ]
    answers = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    (name, first), (other_name, second) = (output.split() for output, _ in answers)
    assert (float(first), float(second)) == (3.5, 5.5)
    assert name == other_name
    assert get_names(tmp_path / "cache") == [name]  # nothing half made is left
    calls = counted.read_text().splitlines()
    assert len({call.split()[call.split().index("-C") + 1] for call in calls}) == 1  # all in one folder


def test_program_is_found_again(make_toy, values, stimulus, counted):
    first = make_toy().make_runner("cpp_standalone")
    calls = counted.read_text() if counted.exists() else ""
    # Brian2 numbers the names of what it makes along with those that are in use.
    make_toy().make_runner("runtime").run(values, stimulus, [])
    again = make_toy().make_runner("cpp_standalone")
    assert again == first
    assert (counted.read_text() if counted.exists() else "") == calls


DAMAGES = {
    "main cut short": lambda folder: (folder / "main").write_bytes((folder / "main").read_bytes()[:5000]),
    "main changed": lambda folder: (folder / "main").write_bytes(b"\0" * 5000),
    "main gone": lambda folder: (folder / "main").unlink(),
    "main not to be run": lambda folder: (folder / "main").chmod(0o600),
    "arrays.json changed": lambda folder: (folder / "arrays.json").write_text("{}"),
    "arrays gone": lambda folder: shutil.rmtree(folder / "static_arrays"),
    "no seal": lambda folder: (folder / "sha256").unlink(),
    "empty": lambda folder: (shutil.rmtree(folder), folder.mkdir()),
    "a file": lambda folder: (shutil.rmtree(folder), folder.write_text("")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_program_is_made_again(make_toy, tmp_path, monkeypatch, capsys, damage):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    compiled = []

    def compile_source(source):
        compiled.append(source)
        (source / "main").write_bytes(b"program" * 1000)
        (source / "main").chmod(0o755)

    monkeypatch.setattr(module, "compile_source", compile_source)
    toy = make_toy()
    first = build_program(toy.assemble, toy.dtype)
    assert build_program(toy.assemble, toy.dtype) == first
    assert (len(compiled), capsys.readouterr().err) == (1, "")
    damage(first.folder)
    assert build_program(toy.assemble, toy.dtype) == first
    told = f"bioplast: build cache: {first.folder} is damaged and is made again\n"
    assert (len(compiled), capsys.readouterr().err) == (2, told)
    assert build_program(toy.assemble, toy.dtype) == first
    assert (len(compiled), capsys.readouterr().err) == (2, "")
    assert get_names(tmp_path) == [first.folder.name]


def test_program_is_its_owners_alone_whatever_the_umask(make_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "compile_source", lambda source: (source / "main").touch())
    toy = make_toy()
    before = os.umask(0o002)
    try:
        folder = build_program(toy.assemble, toy.dtype).folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert build_program(toy.assemble, toy.dtype).folder == folder
    finally:
        os.umask(before)


def test_what_is_in_the_text_gives_another_program(make_toy, tmp_path, monkeypatch):
    """Names of programs, without compiling them."""
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    monkeypatch.setattr(module, "compile_source", lambda source: (source / "main").touch())
    largest = BrianForm("kth_largest(k)", "abs(delta_w) >= cutoff", {"k": 3}, competes=True)
    toys = {
        "plain": make_toy(largest),
        "another value": make_toy(BrianForm(largest.cutoff, largest.condition, {"k": 4}, competes=True)),
        "double precision": make_toy(largest, "float64"),
        "another rule": make_toy(
            BrianForm("kth_largest(k)", "abs(delta_w) < cutoff", {"k": 3}, competes=True)
        ),
    }
    names = {name: build_program(toy.assemble, toy.dtype).folder.name for name, toy in toys.items()}
    assert names["another value"] == names["plain"]
    assert len(set(names.values())) == 3
    monkeypatch.setattr(compiling, "version", lambda package: "0.0")
    assert build_program(toys["plain"].assemble, "float32").folder.name not in names.values()


def test_runs_do_not_know_of_each_other(make_toy, values, stimulus):
    program = make_toy().make_runner("cpp_standalone")
    first = program.run(values, stimulus, WANTED)
    program.run(values | {"inputs.p": 1.0, "synapses.n_written": 20}, stimulus, WANTED)
    again = program.run(values, stimulus, WANTED)
    for name in WANTED:
        np.testing.assert_array_equal(first[name], again[name], err_msg=name)


def test_values_arrive_with_all_their_digits(make_toy, values, stimulus):
    w = np.random.default_rng(0).normal(size=21)
    values |= {"synapses.w": w, "synapses.m0": 2**40 + np.arange(21), "targets.gain": np.zeros(3)}
    values |= {"synapses.m1": 1e-17 + w**2, "inputs.p": 0.1 + 1e-9}
    results = (
        make_toy()
        .make_runner("cpp_standalone")
        .run(values, stimulus, ["synapses.w", "synapses.m0", "synapses.m1", "inputs.p"])
    )
    np.testing.assert_array_equal(results["synapses.w"], w.astype(np.float32))
    np.testing.assert_array_equal(results["synapses.m0"], values["synapses.m0"])
    np.testing.assert_array_equal(results["synapses.m1"], values["synapses.m1"])
    assert results["inputs.p"] == np.float32(values["inputs.p"])


def test_program_that_fails_says_where(make_toy, values, stimulus):
    program = make_toy().make_runner("cpp_standalone")
    with pytest.raises(
        MachineError, match=f"compiled network in .*{program.folder.name} failed: ."
    ) as caught:
        program.run(values | {"synapses.no_such_thing": 1.0}, stimulus, [])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "reason"), [("kill -ILL $$", "Illegal instruction"), ("exit 3", "exit status 3")]
)
def test_program_that_says_nothing(values, stimulus, tmp_path, script, reason):
    (tmp_path / "main").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "main").chmod(0o755)
    with pytest.raises(MachineError, match=f"compiled network in {tmp_path} failed: {reason}$"):
        Program(tmp_path, {}).run({}, stimulus, [])


def test_no_memory_for_what_a_program_is_given(make_toy, values, stimulus, monkeypatch):
    program = make_toy().make_runner("cpp_standalone")

    def fill(file, size):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "ftruncate", fill)
    message = rf"^compiled network in {program.folder}: no memory \(No space left on device\)$"
    with pytest.raises(MachineError, match=message):
        program.run(values, stimulus, WANTED)


def test_nothing_is_left_of_a_run(make_toy, values, stimulus, tmp_path, monkeypatch):
    program = make_toy().make_runner("cpp_standalone")
    before = sorted(program.folder.rglob("*"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    program.run(values, stimulus, WANTED)
    assert list(tmp_path.iterdir()) == []
    assert sorted(program.folder.rglob("*")) == before


def test_device_is_as_before(make_toy):
    before = get_device()
    make_toy().make_runner("cpp_standalone")
    assert get_device() is before

    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build_program(fail, "float32")
    assert get_device() is before


def test_two_clocks_are_refused():
    def assemble():
        return Network(*(NeuronGroup(1, "x : 1", dt=dt * ms) for dt in (1, 50)))

    with pytest.raises(ValueError, match="too many values"):
        build_program(assemble, "float32")


def test_cache_that_cannot_be_used(make_toy, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "file"))
    with pytest.raises(RequestError, match="set BIOPLAST_CACHE to another"):
        make_toy().make_runner("cpp_standalone")
