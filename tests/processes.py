"""Compiled programs that run, and waiting for what they do."""

import time

import psutil

PATIENCE = 20.0  # s, on a machine that is busy


def find_programs(process=None):
    """The compiled programs that a process has running; this one if none is given."""
    children = (process or psutil.Process()).children(recursive=True)
    return [child for child in children if child.is_running() and child.name() == "main"]


def has_ended(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
