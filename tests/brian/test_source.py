"""Programs leave behind what they are asked for, whole or with a word about it."""

import os
import subprocess

import pytest

WANTED = ["synapses.w", "spikes.i"]


def run(program, folder, stimulus, values, names):
    """The program itself, told where to write and what."""
    return subprocess.run(
        [program.folder / "main", "--results_dir", f"{folder}/", *(f"{k}={v!r}" for k, v in values.items())],
        env=os.environ | stimulus.environment(folder) | {"BIOPLAST_WANTED": "\n".join(names)},
        cwd=program.folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def program(make_toy):
    return make_toy().make_runner("cpp_standalone")


def test_wanted_arrays_are_written_and_no_others(program, stimulus, tmp_path):
    names = [program.arrays[variable][0] for variable in WANTED]
    before = stimulus.environment(tmp_path)["BIOPLAST_TRIALS"]
    done = run(program, tmp_path, stimulus, {"inputs.p": 1.0}, names)
    assert (done.returncode, done.stderr) == (0, "")
    written = {file.name: file.stat().st_size for file in tmp_path.iterdir() if str(file) != before}
    assert written.pop("last_run_info.txt") > 0
    assert set(written) == set(names)
    assert all(written.values())


def test_array_that_cannot_be_written_is_told(program, stimulus, tmp_path):
    (name,) = [program.arrays[variable][0] for variable in WANTED[:1]]
    (tmp_path / name).mkdir()
    done = run(program, tmp_path, stimulus, {}, [name])
    assert f"bytes to {tmp_path}/{name}" in done.stderr


def test_the_time_is_asked_after_the_loop(program):
    steps = (program.folder / "network.cpp").read_text().split("    while", 1)[1]
    loop, after = steps.split("\n    }\n", 1)
    if "should_check_time" in loop:
        pytest.skip("this Brian2 asks only where it has to")
    assert "elapsed_realtime = " not in loop
    assert after.count("    elapsed_realtime = ") == 1
    if "std::clock()" in after:  # Brian2 2.9, where we have moved it
        assert after.startswith("        current = std::clock();\n        elapsed_realtime = ")
