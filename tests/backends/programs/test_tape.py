"""What one network leaves on a tape another finds, compiled or not, and so does this process."""

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, ms

from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.runtime import RuntimeNetwork
from bioplast.backends.programs.tape import Course, Tape

N = 5
MODEL = """
x : 1
n_steps : integer (shared, constant)
back = n_steps - 1 - t_in_timesteps : integer (shared)
over : integer
"""
WRITE = """
x = keep_level(t_in_timesteps, i, x + i + 0.25)
marked = keep_mark(t_in_timesteps, i, i + 1)
over = end_after(t_in_timesteps, n_steps)
"""
READ = """
x = 2*x + level(back, i)*mark(back, i)
over = end_after(t_in_timesteps, n_steps)
"""


def assemble(tape, code):
    clock = Clock(1 * ms, name="clock")
    group = NeuronGroup(N, MODEL, name="inputs", clock=clock, namespace=tape.make_functions())
    group.run_regularly(code)
    return Network(group)


@pytest.fixture(scope="module", params=["cpp_standalone", "runtime"])
def show(request):
    """Let one network write a tape and another read it: what that makes of it, and the tape."""
    tape = Tape({"level": Course(N, np.float64), "mark": Course(N, np.uint8)})

    def make(code):
        if request.param == "runtime":
            return RuntimeNetwork(lambda: assemble(tape, code), "float64", 1, tape)
        return build_program(lambda: assemble(tape, code), "float64")

    writer, reader = make(WRITE), make(READ)

    def run(n_steps, longest):
        tape.reserve(longest)
        tape.n_steps = n_steps
        writer.run({"inputs.n_steps": n_steps}, tape, [])
        return reader.run({"inputs.n_steps": n_steps}, tape, ["inputs.x"])["inputs.x"], tape

    return run


@pytest.mark.parametrize(("n_steps", "longest"), [(3, 4), (4, 4), (900, 1000), (2, 2)])
def test_what_is_left_is_found(show, n_steps, longest):
    """Longer trials than before have room; what was told of the tape is told again."""
    found, tape = show(n_steps, longest)
    level = (np.arange(N) + 0.25) * np.arange(1, n_steps + 1)[:, np.newaxis]
    np.testing.assert_array_equal(tape.arrays["level"][:n_steps], level)
    np.testing.assert_array_equal(tape.arrays["mark"][:n_steps], np.tile(np.arange(N) + 1, (n_steps, 1)))
    expected = np.zeros(N)
    for row in level[::-1]:
        expected = 2 * expected + row * (np.arange(N) + 1)
    np.testing.assert_array_equal(found, expected)


def test_program_ends_with_the_trial(show):
    _, tape = show(8, 10)
    tape.arrays["level"][:] = -1
    show(5, 10)
    assert (tape.arrays["level"][5:10] == -1).all()
