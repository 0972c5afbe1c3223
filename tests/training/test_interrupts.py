import os
import signal
import threading

import pytest

from bioplast.training.interrupts import held_interrupts


def interrupt(number):
    os.kill(os.getpid(), number)


def hold(number, *, can_wait, error=None):
    """What is left undone when a signal comes, then the error, then the signal again."""
    done = []
    try:
        with held_interrupts() as interrupts:
            interrupts.can_wait = lambda: can_wait
            interrupt(number)
            done.append("held")
            if error:
                raise error
            interrupt(number)
            done.append("held twice")
    except KeyboardInterrupt:
        done.append("interrupted")
    return done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_is_held_back_and_the_second_acts(number):
    before = signal.getsignal(number)
    assert hold(number, can_wait=True) == ["held", "interrupted"]
    assert signal.getsignal(number) == before


def test_nothing_to_lose_nothing_held_back():
    assert hold(signal.SIGTERM, can_wait=False) == ["interrupted"]


def test_error_that_follows_is_the_interrupt():
    error = RuntimeError("the compiled network was interrupted")
    assert hold(signal.SIGINT, can_wait=True, error=error) == ["held", "interrupted"]


def test_other_errors_are_left_alone():
    with pytest.raises(RuntimeError, match="for another reason"), held_interrupts():
        raise RuntimeError("for another reason")


def test_other_threads_are_left_alone():
    found = []

    def work():
        with held_interrupts() as interrupts:
            found.append((interrupts.requested, signal.getsignal(signal.SIGTERM)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(False, signal.getsignal(signal.SIGTERM))]
