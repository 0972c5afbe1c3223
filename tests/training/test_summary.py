import io

import pytest
from rich.console import Console

from bioplast.training import RunConfig, carry_out
from bioplast.training.summary import make_summary


@pytest.fixture
def record(study, patterns):
    config = RunConfig("tiny", rule="above(0.001)", task=str(patterns), max_samples=100)
    return carry_out(config, project=study).record


def show(record) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(make_summary(record))
    return console.file.getvalue()


def test_summary_names_the_run_and_its_numbers(record):
    text = show(record)
    for expected in (
        "tiny, above(0.001), 8 hidden units, seed 1",
        record["message"],
        record["key"],
        "input->hidden",
        f"{record['energy']['m0']:,}",
        f"{record['energy']['m1']:.4g}",
        f"test {record['accuracy']['test']:.2%}",
    ):
        assert expected in text


def test_summary_of_a_diverged_run_says_none_where_there_is_no_number(record):
    record["accuracy"] |= {"validation": None, "test": None}
    record["energy"]["m1"] = None
    record["images_per_second"] = None
    assert "validation none, test none" in show(record)
    assert "none images/s" in show(record)


def test_signals_are_in_words_and_those_that_never_came_are_left_out(record):
    record["signalling"] = {"spikes_input": 1200, "spikes_hidden": 0, "synaptic_events": 7, "macs": 0}
    (line,) = [line for line in show(record).splitlines() if line.startswith("signaling")]
    assert line.split(maxsplit=1)[1].strip() == "1,200 input spikes, 7 synaptic events"


def test_a_table_of_four_layers_loses_no_name_in_a_narrow_terminal(record):
    layers = {f"hidden{number}->hidden{number + 1}": {"m0": number} for number in range(4)}
    record["energy"]["layers"] = layers
    console = Console(file=io.StringIO(), width=60)
    console.print(make_summary(record))
    assert "…" not in console.file.getvalue()


def test_brackets_are_no_markup_and_what_is_lacking_is_none(record):
    record["energy"]["layers"]["[/red]"] = {"m0": 5}
    record["encoding"] = "[/red]"
    for name in ("epochs", "seconds", "message", "created", "signalling"):
        del record[name]
    text = show(record)
    assert text.count("[/red]") == 2
    assert "100 (none epochs)" in text
