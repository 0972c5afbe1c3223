"""What the Tab key completes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bioplast.commands.completion import complete_experiments, complete_models, complete_tasks

ROOT = Path(__file__).parents[2]


def test_names_of_the_project_and_the_library_are_offered(study, monkeypatch):
    monkeypatch.chdir(study)
    assert [name for name, _ in complete_models("ti")] == ["tiny"]
    assert dict(complete_models("spik"))["spiking"].startswith("Spiking network")
    assert [name for name, _ in complete_experiments("comp")] == ["compare"]
    assert [name for name, _ in complete_tasks("cu")] == ["cues"]
    assert complete_models("no such") == []


@pytest.mark.parametrize(("words", "offered"), [("bioplast train spik", "spiking"), ("bioplast sw", "sweep")])
def test_shell_is_answered(study, words, offered):
    asked = {"_BIOPLAST_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", "from bioplast.cli import app; app(prog_name='bioplast')"],
        cwd=study,
        env=os.environ | asked | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert offered in done.stdout.split()
