"""The table of speeds."""

import csv

import pytest

from benchmarks import speed


def test_every_learner_of_a_case_has_a_row():
    case = speed.Case("subnet(3)", 5, again=True)
    rows = speed.measure_case(case, ["kernel", "lean"], turns=1, seconds=0.01)
    assert [row.learner for row in rows] == ["kernel", "lean"]
    assert all(row.speed > 0 and row.peak > 0 for row in rows)
    assert rows[0].writes == pytest.approx(rows[1].writes, rel=1e-3)
    assert case.label == "subnet(3), N = 5, images seen before"


def test_table_and_file(tmp_path, monkeypatch, capsys):
    rows = [speed.Row("kernel", 600.0, 5.0, 2e6), speed.Row("dense", 100.0, 5.0, 1e6)]
    monkeypatch.setattr(speed, "CASES", (speed.Case("plain", 7, floor=6),))
    monkeypatch.setattr(speed, "is_there", lambda name: name != "pytorch")
    monkeypatch.setattr(speed, "measure_case", lambda *_, **__: rows)
    speed.run(out=tmp_path / "new", quick=True)
    printed = capsys.readouterr().out
    assert "plain, N = 7" in printed
    assert "6.0 x" in printed
    assert "pip install '.[bench]'" in printed
    with (tmp_path / "new" / "speed.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [(row["learner"], float(row["kernel_is"])) for row in table] == [("kernel", 1.0), ("dense", 6.0)]
