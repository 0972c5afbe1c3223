"""How fast networks in time learn: what is measured and what is drawn."""

import pandas as pd
import pytest

from benchmarks import recurrent


@pytest.mark.long
def test_run_writes_table_and_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(recurrent, "QUICK_SIZES", (5, 8))
    monkeypatch.setattr(recurrent, "QUICK_TRIALS", 2)
    recurrent.run(out=tmp_path, quick=True)
    folder = tmp_path / "recurrent"
    assert {path.suffix for path in folder.iterdir()} == {".csv", ".pdf", ".png", ".svg"}
    data = pd.read_csv(folder / "recurrent.csv")
    assert data.groupby("model").size().to_dict() == {"recurrent": 12, "recurrent_rate": 1, "rnn": 1}
    for row in data.to_dict("records"):
        assert row["trials_per_second"] * row["ms_per_trial"] == pytest.approx(1000)
        assert row["cell_steps"] == 2250 * row["cells"]
        assert row["synapse_steps"] == 2250 * row["cells"] * (row["cells"] - 1 + 42)
    spiking = data[data["model"] == "recurrent"]
    assert (spiking["events_per_trial"] < spiking["synapse_steps"]).all()
    # A network that gets no input has no spikes, and takes its time for cells and steps alone.
    assert (spiking.loc[spiking["drive"] == 0, "spikes_per_trial"] == 0).all()
