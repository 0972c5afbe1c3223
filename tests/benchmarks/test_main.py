"""The command ``python -m benchmarks``."""

import importlib
import sys

import pytest

from benchmarks import __main__ as command


def test_every_benchmark_is_a_file_with_a_function():
    for name in command.BENCHMARKS:
        assert callable(importlib.import_module(f"benchmarks.{name}").run)


def test_named_ones_run_with_what_was_asked(tmp_path, monkeypatch):
    asked = []
    for name in command.BENCHMARKS:
        module = importlib.import_module(f"benchmarks.{name}")
        monkeypatch.setattr(module, "run", lambda name=name, **options: asked.append((name, options)))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "growth", "--quick", "--out", str(tmp_path)])
    command.main()
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    command.main()
    assert asked == [
        ("growth", {"out": tmp_path, "quick": True}),
        ("speed", {"out": command.OUT, "quick": False}),
    ]


def test_unknown_name_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert "no benchmark 'nothing'; there are speed, growth" in capsys.readouterr().err
