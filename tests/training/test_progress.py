import io

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


def test_says_what_happens_before_the_first_chunk():
    assert describe(Position(), 24_000) == "making the network"


def test_terminal_is_shown_how_far_the_run_is():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=140)
    with watch("ann, plain, seed 1", 24_000, console) as report:
        report(make_position())
    assert "ann, plain, seed 1" in screen.getvalue()
    assert "online 87.5%" in screen.getvalue()


def test_nobody_is_bothered_where_there_is_no_terminal():
    screen = io.StringIO()
    with watch("ann, plain, seed 1", 24_000, Console(file=screen, force_terminal=False)) as report:
        assert report is be_silent
        report(make_position())
    assert screen.getvalue() == ""


def test_brackets_in_a_name_are_no_markup():
    screen = io.StringIO()
    with watch("ann, feedback=[/red], seed 1", 24_000, Console(file=screen, force_terminal=True, width=140)):
        pass
    assert "feedback=[/red]" in screen.getvalue()
