"""A network whose program is in the cache is run without importing Brian2, and gives the same numbers."""

import json
import subprocess
import sys

import pytest

TRAIN = """
import sys
import psutil
from bioplast.cli import main
status = main(sys.argv[1:])
print("brian2" in sys.modules, len(psutil.Process().children()), status)
"""


def train(folder, *options):
    command = ["train", *options, "--hidden", "4", "--max-samples", "30", "--fresh", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, *command, "--out", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    record, end = done.stdout.splitlines()
    needs_brian2, n_programs, status = end.split()
    assert (n_programs, status) == ("0", "0"), done.stderr
    return json.loads(record), needs_brian2 == "True"


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["rate"], marks=pytest.mark.long),
        pytest.param(["spiking", "--rule", "largest(0.1) + cache(0.001)"], marks=pytest.mark.long),
        ["spiking", "--set", "feedback=direct"],
        pytest.param(
            [
                "recurrent",
                "--device",
                "cpp_standalone",
                "--task",
                "cues(n_cues=1, n_test=20)",
                "--rule",
                "adam",
            ],
            marks=pytest.mark.long,
        ),
    ],
    ids=["rate", "rule", "setting", "in time"],
)
def test_run_from_the_cache_needs_no_brian2(tmp_path, options):
    first, _ = train(tmp_path / "first", *options)
    again, needs_brian2 = train(tmp_path / "again", *options)
    assert not needs_brian2
    assert again["energy"] == first["energy"]
    assert again["accuracy"] == first["accuracy"]
    other, _ = train(tmp_path / "other", *options, "--seed", "2")
    assert other["energy"] != first["energy"]
