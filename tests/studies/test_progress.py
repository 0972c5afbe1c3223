import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.progress import StudyProgress, describe_event, estimate_seconds_left, format_seconds
from bioplast.training.config import RunConfig

JOBS = [Job(RunConfig("ann", seed=seed), Path(str(seed)), 10.0) for seed in (1, 2)]


def watch(console):
    with StudyProgress("compare", JOBS, 3, console) as progress:
        progress.on_event(Event(0, 71, 2000, 0.912, 31_234.0))
        progress.on_tick()
        progress.on_end(0, None)
        progress.on_event(Event(1, 72))
        progress.on_end(1, Failure(JOBS[1].config, "[no] compiler"))
        progress.on_tick()
    return console.file.getvalue()


def test_terminal_shows_the_runs_and_the_workers():
    text = watch(Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None))
    assert "compare" in text
    assert "5 runs done, 0 to go, 1 failed, about 0 s left" in text


def test_a_log_of_a_short_study_says_that_it_began_and_what_failed():
    text = watch(Console(file=io.StringIO(), force_terminal=False, width=120))
    assert text == "compare: 3 runs done, 2 to go\nfailed: ann, plain, seed 2: [no] compiler\n"


def test_lines_fit_a_terminal_of_80_columns():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    long = "subnet(70) + largest(0.03, output=0.2)"
    jobs = [Job(RunConfig("spiking", rule=long, seed=seed), Path(str(seed)), 10.0) for seed in (1, 2)]
    with StudyProgress("compare", jobs, 3, console) as progress:
        progress.on_event(Event(0, 71, 2000, 0.912, 31_234.0))
        progress.on_tick()
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue()).replace("\r", "\n").splitlines()
    assert max(map(len, lines)) <= 80
    assert any("2,000 images, 91.2% right, 31,234/s: spiking, sub" in line for line in lines)


def test_a_log_has_a_line_now_and_then(monkeypatch):
    monkeypatch.setattr("bioplast.studies.progress._LINE_SECONDS", 0.0)
    text = watch(Console(file=io.StringIO(), force_terminal=False, width=40))
    first, failed, last = text.splitlines()
    assert first == "compare: 3 runs done, 2 to go"
    assert failed.startswith("failed: ")
    assert last == "compare: 5 runs done, 0 to go, 1 failed, about 0 s left"


def test_describe_event():
    assert describe_event(Event(0, 1)) == "preparing"
    assert describe_event(Event(0, 1, 14_000, 0.9312, 2480.4)) == "14,000 images, 93.1% right, 2,480/s"


def test_time_left_is_in_proportion_to_the_expected_lengths():
    assert estimate_seconds_left(60.0, 30.0, 15.0) == pytest.approx(30.0)
    assert estimate_seconds_left(60.0, 0.0, 5.0) is None
    assert estimate_seconds_left(60.0, 10.0, 0.0) == 0.0


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (3725, "62 min 05 s")])
def test_format_seconds(seconds, text):
    assert format_seconds(seconds) == text
