"""Settings and fixtures shared by all tests."""

import os
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from made_up import make_run as make_up_run

from bioplast.cli import main
from bioplast.training.record import Run

# How long an example takes says more about the machine than about the code.
settings.register_profile("no-deadline", settings(deadline=None))
settings.load_profile("no-deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: nobody should be left with one when the others are done."""
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def build_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compiled networks are shared by all tests and stay for the next run, where no cache is set."""
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("BIOPLAST_CACHE"):
            folder = request.config.cache.mkdir("bioplast")
            folder.chmod(0o700)  # whatever the user's umask is
            patch.setenv("BIOPLAST_CACHE", str(folder))
        patch.delenv("BIOPLAST_SHARED_CACHE", raising=False)
        yield


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """A function that makes a run's record and trace from the few values a test cares about."""
    return make_up_run


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study folder of a user's own, with one small network."""
    folder = tmp_path / "study"
    shutil.copytree(Path(__file__).parent / "study", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def patterns(tmp_path: Path) -> Path:
    """A small task: 3 noisy patterns of 4 x 4 pixels, 240 images to learn from and 60 to test on."""
    folder = tmp_path / "patterns"
    folder.mkdir()
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 2, (3, 16)) * 200
    for name, n_images in (("train", 240), ("t10k", 60)):
        labels = np.arange(n_images) % 3
        pixels = prototypes[labels] + rng.integers(0, 56, (n_images, 16))
        header = struct.pack(">IIII", 0x803, n_images, 4, 4)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(header + pixels.astype(np.uint8).tobytes())
        header = struct.pack(">II", 0x801, n_images)
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(header + labels.astype(np.uint8).tobytes())
    return folder


@pytest.fixture
def call(study, capsys, monkeypatch):
    """Run the command in the study: exit status, standard output, standard error."""
    monkeypatch.chdir(study)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def train(call, patterns):
    """Train on the small task; options given later win over these."""
    return lambda *options: call("train", "tiny", "--task", patterns, "--max-samples", "100", *options)


@pytest.fixture
def list_files():
    """A function that lists what is in a folder, however deep."""
    return lambda folder: sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)
