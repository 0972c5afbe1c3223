"""What cells did as a table of CSV or NPZ."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMATS = ("csv", "npz")

Table = Mapping[str, NDArray[Any]]


def write_table(table: Table, path: Path) -> None:
    """Columns of equal length in the format that the name of the file ends in."""
    if path.suffix == ".npz":
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **table)
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
