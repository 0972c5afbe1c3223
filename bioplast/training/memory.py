"""Whether a network fits into memory, before any of it is made."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.sizes import Hidden, list_shapes, list_sizes

with suppress(ImportError):  # not on Windows
    import resource

# What each synapse is known to take: its weight and its first weight in single precision and whether it is
# plastic, and its books m0 and m1 where it may be written.
_BYTES = 4 + 4 + 1
_BOOKS_BYTES = 8 + 8

_MEMINFO = Path("/proc/meminfo")
_STATM = Path("/proc/self/statm")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def check_memory(n_pixels: int, n_hidden: Hidden, n_classes: int, *, has_path: bool) -> None:
    """Raise if a network is larger than the memory that is free.

    The least it can take is counted, so what passes may still be too large.

    Parameters
    ----------
    n_pixels, n_hidden, n_classes : numbers of units, the always-on ones not counted
    has_path : whether only some synapses are plastic

    Raises
    ------
    RequestError : it cannot fit
    """
    n_synapses = sum(n_pre * n_post for n_pre, n_post in list_shapes(n_pixels, n_hidden, n_classes).values())
    needed = n_synapses * (_BYTES if has_path else _BYTES + _BOOKS_BYTES)
    free = find_free_memory()
    if needed > free:
        units = "-".join(map(str, list_sizes(n_hidden)))
        raise RequestError(
            f"hidden: a network of {n_pixels}-{units}-{n_classes} units needs at least "
            f"{format_bytes(needed)} of memory, {format_bytes(free)} are free"
        )


def find_free_memory() -> int:
    """Bytes that this process could still take: what the machine has, and what it is allowed to."""
    limits = [_find_machine_memory()]
    if "resource" in globals():
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            limits.append(max(soft - _find_own_size(), 0))
    text = _read(_CGROUP_LIMIT).strip()
    if text.isdecimal():
        limits.append(int(text))
    return min(limits)


def _find_machine_memory() -> int:
    for line in _read(_MEMINFO).splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    if not hasattr(os, "sysconf"):  # Windows does not say without more ado
        return sys.maxsize
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # not on Linux


def _find_own_size() -> int:
    pages = _read(_STATM).split()
    return int(pages[0]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _read(path: Path) -> str:
    """The text of a file of the system's; empty where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def format_bytes(n: int) -> str:
    """A number of bytes for people; a huge one as a power of ten.

    >>> format_bytes(2_345_000_000), format_bytes(10**30)
    ('2.3 GB', '1e+21 GB')
    """
    gigabytes = n / 1e9
    return f"{gigabytes:,.1f} GB" if gigabytes < 1e6 else f"{gigabytes:.3g} GB"
