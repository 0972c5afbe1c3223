"""``bioplast new``: a folder that works as it is made."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials


@pytest.mark.slow
def test_what_it_makes_runs(tmp_path):
    environment = os.environ | {"COLUMNS": "200"}

    def call(*arguments, folder):
        command = [sys.executable, "-m", "bioplast", *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "cd mine && bioplast list" in call("new", "mine", folder=tmp_path)
    listing = call("list", folder=tmp_path / "mine")
    for name in ("deep", "saturating", "first", "bounded(bound=0.2)", "stripes"):
        assert f"\n  {name} " in listing
    out = call("run", "first", "--quick", folder=tmp_path / "mine")
    assert "Every run reached the goal." in out
    assert (tmp_path / "mine" / "results" / "first" / "figure.pdf").stat().st_size > 0


def test_a_folder_that_is_there_is_left_alone(call, study):
    status, out, err = call("new", study)
    assert (status, out) == (2, "")
    assert err.startswith("bioplast: DIR: must be a folder that is not there yet, got ")
    assert call("new", "models/tiny.py/deeper")[0] == 2


def test_network_with_cells_of_its_own_learns_as_the_slope_of_its_cells_says():
    """The change of a hidden weight is minus the gradient of half the squared error."""
    project = Path(__file__).parents[2] / "docs" / "examples" / "project"
    make = load_module("model", "saturating", project).make_network
    network = make(n_pixels=4, n_classes=3, n_hidden=(5, 4), plasticity=Plasticity(), device="runtime")
    network = network.with_settings(
        {"dtype": "float64", "learning_rate": 1.0, "error_slope": 0.0, "sd_hidden": 0.5, "n_settle": 40}
    )
    state = network.initial_state(2)
    images = Images(np.array([[255, 102, 0, 51]], np.uint8), np.array([1], np.uint8))
    network.present(state, Trials(images, np.arange(1)), learn=True)
    weights = [layer.books.initial for layer in state.layers]

    def compute_loss():
        activity = np.array([1, 0.4, 0, 0.2])
        for w in weights[:-1]:
            activity = np.tanh(np.maximum(0, np.append(activity, 1) @ w))
        return 0.5 * np.sum((np.eye(3)[1] - np.append(activity, 1) @ weights[-1]) ** 2)

    for layer, w in zip(state.layers[:-1], weights, strict=False):
        change = layer.weights - w
        assert change.any()
        for place in np.ndindex(w.shape):
            here = w[place]
            losses = []
            for step in (1e-6, -1e-6):
                w[place] = here + step
                losses.append(compute_loss())
            w[place] = here
            assert change[place] == pytest.approx((losses[1] - losses[0]) / 2e-6, abs=1e-8)
