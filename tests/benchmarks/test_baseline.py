"""Ratios beside those that are stored."""

import json

import pytest

from benchmarks import baseline

NAMES = [f"ann, {case.label}: kernel / NumPy loop" for case in baseline.CASES]
NAMES += [f"PlasticSynapses, {rule}: Brian2's time / own time" for rule in baseline.RULES[1:]]


def test_every_ratio_has_a_stored_one():
    stored = json.loads(baseline.STORED.read_text(encoding="utf-8"))
    assert list(stored) == NAMES
    assert all(ratio > 0 for ratio in stored.values())


@pytest.mark.long
def test_the_quick_form_measures_ratios_of_these_names():
    found = baseline.measure_kernel(quick=True) | baseline.measure_library(quick=True)
    assert set(found) <= set(NAMES)
    assert len(found) == 4
    assert found[NAMES[0]] > 1  # machine code beside a loop


@pytest.mark.parametrize(("factor", "is_slower"), [(0.5, True), (0.75, False), (2.0, False)])
def test_what_has_become_slower_is_named(tmp_path, monkeypatch, capsys, factor, is_slower):
    stored = json.loads(baseline.STORED.read_text(encoding="utf-8"))
    found = {NAMES[0]: factor * stored[NAMES[0]]}
    monkeypatch.setattr(baseline, "measure_kernel", lambda **_: found)
    monkeypatch.setattr(baseline, "measure_library", lambda **_: {})
    if is_slower:
        with pytest.raises(SystemExit, match=r"slower than 0\.7 of the baseline: ann, plain"):
            baseline.run(out=tmp_path, quick=True)
    else:
        baseline.run(out=tmp_path, quick=True)
    written = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert written[NAMES[0]] == pytest.approx(found[NAMES[0]], abs=1e-3)
    assert NAMES[0][:20] in capsys.readouterr().out
