"""``bioplast new``: a folder that works as it is made."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_what_it_makes_runs(tmp_path):
    environment = os.environ | {"COLUMNS": "200"}

    def call(*arguments, folder):
        command = [sys.executable, "-m", "bioplast", *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    assert "cd mine && bioplast list" in call("new", "mine", folder=tmp_path)
    listing = call("list", folder=tmp_path / "mine")
    for name in ("deep", "first", "bounded(bound=0.2)", "stripes"):
        assert f"\n  {name} " in listing
    out = call("run", "first", "--quick", folder=tmp_path / "mine")
    assert "Every run reached the goal." in out
    assert (tmp_path / "mine" / "results" / "first" / "figure.pdf").stat().st_size > 0


def test_a_folder_that_is_there_is_left_alone(call, study):
    status, out, err = call("new", study)
    assert (status, out) == (2, "")
    assert err.startswith("bioplast: DIR: must be a folder that is not there yet, got ")
    assert call("new", "models/tiny.py/deeper")[0] == 2
