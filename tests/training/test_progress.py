import io
import re
import time

import pytest
from rich.console import Console

from bioplast.training.loop import Position, be_silent
from bioplast.training.progress import describe, watch

TRACE = [{"samples": 6000, "m0": 420_000_000, "m1": 5432.1}]


def make_position(**values):
    return Position(
        **{"samples": 6000, "online": 0.875, "train_seconds": 2.0, "evaluate_seconds": 1.0, "trace": TRACE}
        | values
    )


def test_describes_speed_accuracy_energy_and_time_left():
    # 6,000 images in 3 s, so the other 18,000 take at most 9 s.
    assert describe(make_position(), 24_000) == (
        "6,000  3,000/s  online 87.5%  m0 4.20e+08  m1 5.43e+03  at most 0:00:09 left"
    )
    assert "validation 91.2%" in describe(make_position(validation=0.912), 24_000)


def test_a_time_beyond_any_calendar_is_cut():
    assert "at most 115740 days, 17:46:40 left" in describe(make_position(train_seconds=1e300), 24_000)


def test_says_what_happens_before_the_first_chunk():
    assert describe(Position(), 24_000) == "making the network"


def test_terminal_is_shown_how_far_the_run_is():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=140)
    with watch("ann, plain, seed 1", 24_000, console) as report:
        report(make_position())
    assert "ann, plain, seed 1" in screen.getvalue()
    assert "online 87.5%" in screen.getvalue()


def test_a_short_run_leaves_no_line_in_a_log():
    screen = io.StringIO()
    with watch("ann, plain, seed 1", 24_000, Console(file=screen, force_terminal=False)) as report:
        report(make_position())
    assert screen.getvalue() == ""


def test_a_log_has_lines_while_a_run_goes_on(monkeypatch):
    monkeypatch.setattr("bioplast.training.progress.LINE_SECONDS", 0.005)
    screen = io.StringIO()
    with watch(
        "ann, [plain], seed 1", 24_000, Console(file=screen, force_terminal=False, width=40)
    ) as report:
        wait_for(screen, "ann, [plain], seed 1: making the network\n")
        report(make_position())
        wait_for(screen, "ann, [plain], seed 1: 6,000  3,000/s  online 87.5%")
    n_lines = screen.getvalue().count("\n")
    time.sleep(0.05)
    assert screen.getvalue().count("\n") == n_lines  # it ends with the run


def wait_for(screen, text):
    for _ in range(2000):
        if text in screen.getvalue():
            return
        time.sleep(0.01)
    pytest.fail(f"no {text!r} in {screen.getvalue()!r}")


def test_who_asks_for_quiet_gets_it(monkeypatch):
    with watch("ann, plain, seed 1", 24_000, Console(quiet=True, force_terminal=True)) as report:
        assert report is be_silent


@pytest.mark.parametrize("width", [80, 60, 40])
def test_news_fit_the_terminal(width):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=width)
    position = make_position(samples=1_234_000, validation=0.912, train_seconds=200.0)
    with watch("spiking, subnet(70) + largest(0.03, output=0.2), seed 1", 300_000_000, console) as report:
        report(position)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()).replace("\r", "\n").splitlines()
    assert max(map(len, lines)) <= width
    assert "validation 91.2%" in "\n".join(lines)


def test_brackets_in_a_name_are_no_markup():
    screen = io.StringIO()
    with watch("ann, feedback=[/red], seed 1", 24_000, Console(file=screen, force_terminal=True, width=140)):
        pass
    assert "feedback=[/red]" in screen.getvalue()
