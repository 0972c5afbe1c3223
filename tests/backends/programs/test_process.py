"""A program stays for chunk after chunk, each as if it were the first."""

import gc
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, SpikeMonitor, Synapses, ms
from processes import find_programs, has_ended, wait_until

from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.errors import MachineError
from bioplast.tasks import Images, Trials

WANTED = ["synapses.w", "synapses.m0", "synapses.m1", "spikes.i", "spikes.t", "reports.train"]


def run_anew(make_toy, *arguments):
    """What a process gives that has run nothing before."""
    return make_toy().make_runner("cpp_standalone").run(*arguments, WANTED)


def check_same(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@pytest.fixture
def program(make_toy):
    program = make_toy().make_runner("cpp_standalone")
    yield program
    del program
    gc.collect()


@pytest.fixture
def chunks(images, values):
    """Values and stimuli of chunks that differ in all that may differ."""

    def show(first, indices):
        return Stimulus.of(Trials(images, np.array(indices), first=first), 7)

    other_images = Images(255 - images.pixels, images.labels)
    off_path = np.ones((7, 3), bool)
    off_path[:, 1] = off_path[2] = False
    return [
        (values, show(40, [2, 0, 1, 3, 3, 2])),
        (values | {"synapses.w": np.linspace(-1, 1, 21), "synapses.m0": np.arange(21)}, show(46, [3])),
        (values | {"inputs.p": 1.0}, show(47, [1] * 50)),
        (values | {"synapses.n_written": 0}, show(97, [3, 2])),
        (values | {"synapses.plastic": off_path.ravel()}, show(99, [3, 2, 1])),
        (values, Stimulus.of(Trials(other_images, np.array([2, 2, 1])), 7)),
        (values, show(40, [2, 0, 1, 3, 3, 2])),
    ]


def test_each_chunk_is_as_if_it_were_the_first(make_toy, program, chunks):
    found = [program.run(*chunk, WANTED) for chunk in chunks]
    for results, chunk in zip(found, chunks, strict=True):
        check_same(results, run_anew(make_toy, *chunk))
    check_same(found[-1], found[0])  # nor did a later one write over what an earlier one gave
    assert len({results["spikes.i"].size for results in found}) > 3


def test_one_process_shows_them_all(program, values, stimulus):
    before = {child.pid for child in find_programs()}
    program.run(values, stimulus, WANTED)
    (first,) = {child.pid for child in find_programs()} - before
    for n_written in (1, 5, 20):
        program.run(values | {"synapses.n_written": n_written}, stimulus, WANTED)
    assert {child.pid for child in find_programs()} - before == {first}


def test_another_path_is_not_taken_for_the_one_before(program, chunks):
    whole, part = program.run(*chunks[0], WANTED), program.run(*chunks[4], WANTED)
    assert (part["synapses.m0"].reshape(7, 3)[:, 1] == 0).all()
    assert whole["synapses.m0"].reshape(7, 3)[:, 1].any()


def test_what_is_not_given_any_more_is_as_it_was_made(make_toy, program, values, stimulus):
    program.run(values | {"targets.gain": np.full(3, 9.0), "synapses.m1": np.full(21, 5.0)}, stimulus, [])
    fewer = {name: value for name, value in values.items() if name not in ("targets.gain", "synapses.m1")}
    check_same(program.run(fewer, stimulus, WANTED), run_anew(make_toy, fewer, stimulus))


def test_spikes_on_their_way_do_not_arrive_in_the_next_chunk(stimulus):
    def assemble():
        clock = Clock(1 * ms, name="clock")
        functions = make_stimulus_functions(7, Screen())
        cells = NeuronGroup(
            2, "x : 1", threshold="i == 0 and timestep(t, dt) == 5", reset="", name="cells", clock=clock
        )
        synapses = Synapses(cells, cells, on_pre="x_post += 1", name="wires", clock=clock)
        synapses.connect(i=[0, 0], j=[0, 1])
        synapses.pre.delay = [1, 3] * ms
        ending = NeuronGroup(1, "over : integer", namespace=functions, name="ending", clock=clock)
        ending.run_regularly("over = is_over(timestep(t, dt) + 1)", when="end")
        return Network(cells, synapses, SpikeMonitor(cells, name="spikes"), ending)

    program = build_program(assemble, "float64")
    for _ in range(3):  # of six steps each
        results = program.run({}, stimulus, ["cells.x", "spikes.i"])
        assert (results["cells.x"].tolist(), results["spikes.i"].tolist()) == ([0, 0], [0])


def test_program_goes_with_the_object(make_toy, values, stimulus):
    before = {child.pid for child in find_programs()}
    program = make_toy().make_runner("cpp_standalone")
    program.run(values, stimulus, WANTED)
    (child,) = {child.pid for child in find_programs()} - before
    del program
    assert child not in {child.pid for child in find_programs()}


def test_hundreds_of_chunks_need_no_more_memory_and_files(program, values, stimulus):
    def measure():
        (child,) = [one for one in find_programs() if one.pid not in before]
        return child.memory_info().rss, child.num_fds(), len(list(Path("/proc/self/fd").iterdir()))

    before = {child.pid for child in find_programs()}
    for _ in range(20):
        program.run(values, stimulus, WANTED)
    first = measure()
    for _ in range(300):
        program.run(values, stimulus, WANTED)
    last = measure()
    assert last[1:] == first[1:]
    assert last[0] <= first[0] + 2**18


def test_program_that_was_killed_meanwhile_is_started_again(program, values, stimulus):
    before = {child.pid for child in find_programs()}
    first = program.run(values, stimulus, WANTED)
    (child,) = [one for one in find_programs() if one.pid not in before]
    child.kill()
    wait_until(lambda: has_ended(child))
    check_same(program.run(values, stimulus, WANTED), first)


def test_programs_of_several_threads_run_side_by_side(make_toy, values, stimulus):
    programs = [make_toy().make_runner("cpp_standalone") for _ in range(3)]
    found = [[] for _ in range(6)]

    def show(number):
        for n_written in range(1, 15):
            chosen = values | {"synapses.n_written": n_written + number}
            found[number].append(programs[number % 3].run(chosen, stimulus, WANTED))

    threads = [threading.Thread(target=show, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = make_toy().make_runner("cpp_standalone")
    for number, results in enumerate(found):
        assert len(results) == 14
        for n_written, result in enumerate(results, start=1):
            chosen = values | {"synapses.n_written": n_written + number}
            check_same(result, alone.run(chosen, stimulus, WANTED))


def test_interrupt_of_the_program_alone_does_not_cut_a_chunk_short(program, values, stimulus):
    before = {child.pid for child in find_programs()}
    first = program.run(values, stimulus, WANTED)
    (child,) = [one for one in find_programs() if one.pid not in before]
    child.send_signal(signal.SIGINT)
    check_same(program.run(values, stimulus, WANTED), first)
    assert child.is_running()


def test_values_of_another_size_are_refused(program, values, stimulus):
    with pytest.raises(MachineError, match=r"failed: .*synapses_w.* has 84 bytes and was given 80$"):
        program.run(values | {"synapses.w": np.ones(20)}, stimulus, WANTED)
    assert program.run(values, stimulus, WANTED)["synapses.w"].size == 21
