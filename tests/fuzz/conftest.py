"""Where odd requests are made."""

import os
import shutil
from pathlib import Path

import pytest
from fuzz.cases import STUDY, write_patterns


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study and a task in it; the study is the working directory."""
    shutil.copytree(STUDY, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    write_patterns(tmp_path / "patterns")
    monkeypatch.chdir(tmp_path / "study")
    # A disk that is waited for says nothing more here.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    return tmp_path
