"""A compiled network as a process that stays, and takes one chunk of trials after the other.

What is large lies on a sheet of memory that both processes see: a file without a name, which is gone with
them. Requests are lines ``WORD NAME START SIZE`` on the program's standard input, in bytes of the sheet:

==========  ================================================================================
``sheet``   the sheet has this size
``images``  path of the file with the images
``trials``  the trials
``tape``    where each course of a trial begins on the tape (``tape.py``), and where the last one ends
``give``    values of the array NAME, or one value for all of it
``want``    after the chunk NAME is to be on the sheet
``run``     show the trials, beginning with what was given and else as before the first chunk
==========  ================================================================================

The answer to ``run`` is a line with the sizes of what is wanted, which then lies on the sheet in that order.
The program ends when its standard input does and, where another process holds that open, within a second of
the end of this one, however that ends (``chunks.h``).
"""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import MachineError

# Large pages, asked for once and kept: a large network would begin with a hundred thousand page faults
# otherwise. Only the C library of Linux knows these.
_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296"
    ":glibc.malloc.trim_threshold=4294967296"
}
_ALIGNED = 64  # bytes


Parts = Sequence[tuple[str, str, NDArray[Any]]]


class Process:
    """A program that runs until ``end`` is called or this object is gone.

    Parameters
    ----------
    folder : the program's, with ``main`` in it
    files : open files that it is to have, by the environment variable that says their number

    Raises
    ------
    MachineError : there is no memory for what it is given
    """

    def __init__(self, folder: Path, files: Mapping[str, int]) -> None:
        self._folder = folder
        self._owner = os.getpid()
        self._map = np.empty(0, np.uint8)
        with ExitStack() as opened:
            self._sheet, self._said = (opened.enter_context(open_nameless()) for _ in range(2))
            numbers = {"BIOPLAST_SHEET": self._sheet.fileno(), **files}
            self._process = subprocess.Popen(
                [str(folder / "main")],
                cwd=folder,
                env=_MEMORY | os.environ | {name: str(number) for name, number in numbers.items()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                pass_fds=tuple(numbers.values()),
                process_group=0,  # Ctrl-C is for this process
            )
            opened.callback(_end, self._process, self._owner)
            self.end = weakref.finalize(self, opened.pop_all().close)

    @property
    def is_there(self) -> bool:
        """Whether the program runs for this process; a fork of it needs one of its own."""
        return self._owner == os.getpid() and self.end.alive and self._process.poll() is None

    def run(
        self, given: Mapping[str, NDArray[Any]], parts: Parts, wanted: Sequence[str]
    ) -> list[NDArray[np.uint8]]:
        """Show the network a chunk of trials.

        Parameters
        ----------
        given : arrays of the program by name
        parts : of what is shown: the word of a request, a name, and what is to lie on the sheet
        wanted : names of arrays

        Returns
        -------
        results : the bytes of the wanted arrays

        Raises
        ------
        MachineError : the program failed
        """
        with ExitStack() as failing:
            failing.callback(self.end)  # whatever the program is at, nobody waits for it any more
            try:
                self._ask(given, parts, wanted)
                results = self._take(len(wanted))
            except BrokenPipeError:
                raise self._explain_end() from None
            except OSError as error:
                reason = f"no memory ({error.strerror})"
                raise MachineError(f"compiled network in {self._folder}: {reason}") from error
            failing.pop_all()
        return results

    def _ask(self, given: Mapping[str, NDArray[Any]], parts: Parts, wanted: Sequence[str]) -> None:
        parts = [*parts, *(("give", name, values) for name, values in given.items())]
        starts = np.cumsum([0, *(-(-values.nbytes // _ALIGNED) * _ALIGNED for *_, values in parts)])
        self._fit(int(starts[-1]))
        lines = [f"sheet - 0 {self._map.size}"]
        for (word, name, values), start in zip(parts, starts.tolist(), strict=False):
            self._map[start : start + values.nbytes] = values.reshape(-1).view(np.uint8)
            lines.append(f"{word} {name} {start} {values.nbytes}")
        lines += [f"want {name} 0 0" for name in wanted]
        assert self._process.stdin is not None
        self._process.stdin.write("\n".join([*lines, "run - 0 0\n"]).encode())
        self._process.stdin.flush()

    def _take(self, n_wanted: int) -> list[NDArray[np.uint8]]:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        # Brian2's programs report what they could not use and go on.
        if not answer.endswith(b"\n") or os.fstat(self._said.fileno()).st_size:
            raise self._explain_end()
        sizes = [int(size) for size in answer.split()]
        self._fit(sum(sizes))
        ends = np.cumsum(sizes).tolist()
        return [self._map[end - size : end].copy() for size, end in zip(sizes, ends, strict=True)]

    def _fit(self, n_bytes: int) -> None:
        """Have at least so much of the sheet in sight."""
        if n_bytes > self._map.size:
            if os.fstat(self._sheet.fileno()).st_size < n_bytes:
                os.ftruncate(self._sheet.fileno(), n_bytes)
            self._map = np.frombuffer(mmap.mmap(self._sheet.fileno(), n_bytes), np.uint8)

    def _explain_end(self) -> MachineError:
        """Why the program failed."""
        reason = " ".join(os.pread(self._said.fileno(), 4000, 0).decode(errors="replace").split())
        if not reason or self._process.poll():
            status = self._process.wait()
            ended = str(signal.strsignal(-status)) if status < 0 else f"exit status {status}"
            reason = f"{ended} {reason}".strip() if status < 0 else reason or ended
        return MachineError(f"compiled network in {self._folder} failed: {reason}")


def open_nameless() -> IO[bytes]:
    """A new file in memory, which is gone when nobody has it open."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("bioplast"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()
    if os.getpid() == owner:
        process.kill()
        process.wait()
