"""Odd requests and damaged files, drawn by a seed: what every answer of the command must keep to.

``BIOPLAST_FUZZ_CASES`` is the number of cases (1,000 if it is not set), ``BIOPLAST_FUZZ_SEED`` the seed. A
case that fails is told by its number; it depends on nothing but the seed and that number.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bioplast.cli import main

N_CASES = int(os.environ.get("BIOPLAST_FUZZ_CASES", "1000"))
SEED = int(os.environ.get("BIOPLAST_FUZZ_SEED", "1"))
STUDY = Path(__file__).parents[1] / "study"
MOST_TOLD = 10


@dataclass(frozen=True)
class Answer:
    """What the command answered."""

    status: int
    out: str
    err: str


class Fault(Exception):
    """An answer that must not be."""


def ask(*arguments: object) -> Answer:
    """The command's answer, held to what holds for every one.

    Raises
    ------
    Fault : a traceback, another status, or an error in more or fewer lines than one
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main([str(argument) for argument in arguments])
        except BaseException:
            raise Fault(traceback.format_exc(limit=-3)) from None
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    answer = Answer(status, *texts)
    if status not in (0, 1, 2):
        raise Fault(f"status {status}")
    if status and (answer.err.count("\n") != 1 or not answer.err.startswith("bioplast: ")):
        raise Fault(f"status {status} with {answer.err!r}")
    return answer


def find_faults(cases: Sequence[int], run: Callable[[np.random.Generator, int], object]) -> list[str]:
    """Run each case with a generator of its own: a line for each that failed, ``MOST_TOLD`` at most."""
    faults = []
    for case in cases:
        try:
            run(np.random.default_rng([SEED, case]), case)
        except Fault as fault:
            faults.append(f"seed {SEED}, case {case}: {fault}")
    return faults[:MOST_TOLD]


def write_patterns(folder: Path) -> None:
    """A task that is learned in no time: 36 images of 3 patterns, 12 to test on."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 2, (3, 16)) * 200
    for name, n_images in (("train", 36), ("t10k", 12)):
        labels = np.arange(n_images) % 3
        pixels = prototypes[labels] + rng.integers(0, 56, (n_images, 16))
        for kind, header, array in (
            ("images-idx3", struct.pack(">IIII", 0x803, n_images, 4, 4), pixels),
            ("labels-idx1", struct.pack(">II", 0x801, n_images), labels),
        ):
            (folder / f"{name}-{kind}-ubyte").write_bytes(header + array.astype(np.uint8).tobytes())
