"""How cost grows with size: what is measured and what is drawn."""

import pandas as pd
import pytest

from benchmarks import growth


def make_rows(rule, n_hidden, *, seconds):
    yield {
        "label": rule,
        "hidden": n_hidden,
        "synapses": growth.count_synapses(n_hidden),
        "images_per_second": 1e5 / n_hidden,
        "us_per_image": 10.0 * n_hidden,
        "peak_mb": 200.0 + n_hidden,
    }


def test_run_writes_table_and_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(growth, "measure", make_rows)
    growth.run(out=tmp_path, quick=True)
    data = pd.read_csv(tmp_path / "growth" / "growth.csv")
    assert len(data) == len(growth.RULES) * len(growth.QUICK_SIZES)
    assert {path.suffix for path in (tmp_path / "growth").iterdir()} == {".csv", ".pdf", ".png", ".svg"}


def test_what_does_not_fit_is_left_out_and_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(growth, "measure", make_rows)
    monkeypatch.setattr(growth, "read_free_bytes", lambda: growth.count_bytes(500))
    growth.run(out=tmp_path, quick=True)
    assert capsys.readouterr().out.count("does not fit") == len(growth.RULES)
    assert pd.read_csv(tmp_path / "growth" / "growth.csv")["hidden"].max() == 300


@pytest.mark.parametrize(("rule", "n_rows"), [("plain", 1), ("subnet(2)", 2)])
def test_measure(rule, n_rows, monkeypatch):
    monkeypatch.setattr(growth, "MOST_IMAGES", 20)
    rows = list(growth.measure(rule, 4, seconds=0.001))
    assert len(rows) == n_rows
    for row in rows:
        assert row["synapses"] == 785 * 4 + 5 * 10
        assert row["images_per_second"] * row["us_per_image"] == pytest.approx(1e6)
