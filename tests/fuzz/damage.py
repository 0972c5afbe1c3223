"""What can become of a file: bytes, fields of JSON, cells of CSV, a header with a checksum that fits."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bioplast.training.checkpoint import digest_arrays

ODD_VALUES = (
    *(None, True, False, 0, -1, 1.5, 1e308, 2**70, 10**400, "", "x", "[/red]", "nan", "\ud800", "a\nb"),
    *([], {}, [1], {"a": 1}, [[[]]], float("nan"), float("inf")),
)
ODD_BYTES = (b"", b"\0", b"\n", b'"', b",", b"[/red]", b"\xff", b"1" * 5000, b"[" * 100_000, b"NaN", b"\r")


def damage_file(path: Path, rng: np.random.Generator) -> None:
    """Damage the file so that it is not what it was."""
    before = path.read_bytes()
    ways = [damage_bytes, damage_bytes, cut, replace_whole]
    if path.suffix == ".json":
        ways += [damage_json] * 4
    elif path.suffix == ".csv":
        ways += [damage_csv] * 4
    while path.is_file() and path.read_bytes() == before:
        ways[rng.integers(len(ways))](path, rng)


def damage_bytes(path: Path, rng: np.random.Generator) -> None:
    """Change, insert or take out some bytes."""
    content = bytearray(path.read_bytes())
    for _ in range(rng.integers(1, 4)):
        place = int(rng.integers(len(content) + 1))
        length = int(rng.integers(0, 4))
        new = (
            ODD_BYTES[rng.integers(len(ODD_BYTES))] if rng.random() < 0.4 else rng.bytes(int(rng.integers(3)))
        )
        content[place : place + length] = new
    path.write_bytes(content)


def cut(path: Path, rng: np.random.Generator) -> None:
    """End the file early."""
    content = path.read_bytes()
    path.write_bytes(content[: rng.integers(len(content))])


def replace_whole(path: Path, rng: np.random.Generator) -> None:
    """Put something else in the file's place."""
    path.unlink()
    way = rng.integers(5)
    if way == 0:
        path.mkdir()
    elif way == 1:
        path.symlink_to(path.name)
    elif way == 2:
        path.write_bytes(rng.bytes(100))
    elif way == 3:
        path.write_bytes(ODD_BYTES[rng.integers(len(ODD_BYTES))])
    # and else nothing is there


def damage_json(path: Path, rng: np.random.Generator) -> None:
    """Give a field another value, or another name, or take it out."""
    path.write_text(json.dumps(damage_value(json.loads(path.read_text()), rng), indent=1) + "\n")


def damage_value(value: Any, rng: np.random.Generator) -> Any:
    """``value`` with a change in one of the places in it."""
    places = list(_list_places(value))
    owner, name = places[rng.integers(len(places))]
    way = rng.random()
    old = owner[name]
    if way < 0.15:
        del owner[name]
    elif way < 0.3 and isinstance(old, int | float) and not isinstance(old, bool):
        owner[name] = old + 1  # an altered digit: nothing but a checksum can tell
    elif way < 0.4 and isinstance(owner, dict):
        owner["[/red]"] = owner.pop(name)
    else:
        owner[name] = ODD_VALUES[rng.integers(len(ODD_VALUES))]
    return value


def _list_places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield value, name
        yield from _list_places(inner)


def damage_csv(path: Path, rng: np.random.Generator) -> None:
    """A row that is longer or shorter, a quote that is lost, a cell that is something else."""
    rows = [line.split(",") for line in path.read_text().splitlines()]
    row = rows[rng.integers(len(rows))]
    way = rng.integers(5)
    if way == 0:
        row += ["7", "8"]
    elif way == 1:
        row.pop()
    elif way == 2:
        row[rng.integers(len(row))] = '"' + row[0]
    elif way == 3:
        row[rng.integers(len(row))] = ["x", "[/red]", "²", "9" * 5000, "nan", "1", ""][rng.integers(7)]
    else:
        rows.remove(row)
    path.write_text("\n".join(map(",".join, rows)) + "\n")


def forge_checkpoint(path: Path, rng: np.random.Generator) -> None:
    """A header with a change in it and the checksum that fits, as only a forger would write."""
    with np.load(path) as file:
        arrays = dict(file)
    header = damage_value(json.loads(arrays["header"].tobytes()), rng)
    text = b"[" * 100_000 if rng.random() < 0.1 else json.dumps(header).encode()
    arrays["header"] = np.frombuffer(text, np.uint8)
    del arrays["checksum"]
    if rng.random() < 0.2:
        name = sorted(arrays)[rng.integers(len(arrays))]
        arrays[name] = [np.zeros(0), np.zeros((2, 2)), arrays[name].astype(np.float32)][rng.integers(3)]
    arrays["checksum"] = np.frombuffer(bytes.fromhex(digest_arrays(arrays)), np.uint8)
    with path.open("wb") as stream:
        np.savez(stream, **arrays)


def copy_all(source: Path, target: Path) -> None:
    """Copy a folder, quickly."""
    target.mkdir()
    for entry in os.scandir(source):
        if entry.is_dir():
            copy_all(Path(entry.path), target / entry.name)
        else:
            (target / entry.name).write_bytes(Path(entry.path).read_bytes())
