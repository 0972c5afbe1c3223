"""Checkpoints: a run between two chunks, in a file that survives whatever ends the process.

``state.npz`` holds what the network carries (weights, what rules carry, books) and, as JSON text, how
far the run is; nothing in it is ever executed. It appears all at once, and the checkpoint before it
stays beside it as ``state.previous.npz``. First weights and paths are not in it: the seed makes them
again, and their checksum says whether they are still the same. Of a layer with a path only the synapses
on it are, for the others stay as they began.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.jsontext import parse_json
from bioplast.network import Layer, State
from bioplast.training.header import check_header, make_position
from bioplast.training.loop import Position
from bioplast.training.provenance import explain_other

STATE_FILE = "state.npz"
PREVIOUS_FILE = "state.previous.npz"
FORMAT = 1

Arrays = dict[str, NDArray[Any]]


class DamagedError(RequestError):
    """A checkpoint that is not what was once written."""


def describe_beginning(state: State) -> str:
    """Checksum of what the seed makes again: first weights and paths. It takes as long as they are large."""
    return digest_arrays(_collect_beginning(state))


def write_checkpoint(
    folder: Path, state: State, position: Position, origin: Mapping[str, Any], beginning: str | None = None
) -> None:
    """Write a checkpoint to ``folder``, which is made if need be; the last one becomes the previous one.

    Parameters
    ----------
    folder : the run's
    state, position : the run between two chunks
    origin : what the run is, as JSON values; only a run of the same origin can go on from here
    beginning : what ``describe_beginning`` says of ``state``, where it is known

    Raises
    ------
    OSError : the disk is full or the folder cannot be written; the last checkpoint is still there
    """
    packed = {layer.name: _can_pack(layer) for layer in state.layers}
    arrays = {
        f"{layer.name}/{name}": array[layer.plastic]
        if packed[layer.name] and _has_place(array, layer)
        else array
        for layer in state.layers
        for name, array in _collect(layer).items()
    }
    header = {
        "format": FORMAT,
        "origin": dict(origin),
        "beginning": beginning or describe_beginning(state),
        "packed": packed,
        "state": {"seed": state.seed, "trial": state.trial},
        "maintenance": {layer.name: layer.books.maintenance for layer in state.layers},
        "position": asdict(position),
    }
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    arrays["checksum"] = np.frombuffer(bytes.fromhex(digest_arrays(arrays)), np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / STATE_FILE
    temporary = path.with_name(f".{STATE_FILE}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(folder / PREVIOUS_FILE)
        temporary.replace(path)
        sync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)


def read_checkpoint(
    folder: Path,
    state: State,
    origin: Mapping[str, Any],
    warn: Callable[[str], None],
) -> Position | None:
    """Bring ``state``, fresh from the network, to the newest whole checkpoint in ``folder``.

    Parameters
    ----------
    folder : the run's
    state : as ``initial_state`` gives it; unchanged if there is no checkpoint
    origin : what the run is, as JSON values
    warn : told, in one line, about a damaged checkpoint that is passed over

    Returns
    -------
    position : None if there is no checkpoint

    Raises
    ------
    RequestError : all there is is damaged, or it is of another run
    """
    faults = []
    for name in (STATE_FILE, PREVIOUS_FILE):
        path = folder / name
        if not path.exists():
            continue
        try:
            position = _restore(path, state, origin)
        except DamagedError as error:
            faults.append(str(error))
            continue
        for fault in faults:
            warn(f"{fault}; going on from {name}, the one before it")
        return position
    if faults:
        raise RequestError("; ".join(faults))
    return None


def read_origin(folder: Path) -> dict[str, Any] | None:
    """What the run is that has a checkpoint in ``folder``; None if there is none that can be read."""
    for name in (STATE_FILE, PREVIOUS_FILE):
        try:
            with (folder / name).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                header = parse_json(file["header"].tobytes())
        except Exception:  # there is no end of ways in which a damaged file can fail
            continue
        if isinstance(header, dict) and isinstance(header.get("origin"), dict):
            return header["origin"]
    return None


def sync_folder(folder: Path) -> None:
    """Have what was renamed in ``folder`` on the disk, not only in memory."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _restore(path: Path, state: State, origin: Mapping[str, Any]) -> Position:
    arrays = _load(path)
    names = [layer.name for layer in state.layers]
    try:
        header = parse_json(arrays.pop("header").tobytes())
        if isinstance(header, dict) and header.get("format", FORMAT) != FORMAT:
            raise RequestError(f"checkpoint: {path} has format {header['format']!r}, must be {FORMAT}")
        check_header(header, names)
        position = make_position(header["position"], names)
    except RequestError:
        raise
    except ValueError as error:
        raise DamagedError(f"checkpoint: {path} is damaged: {error}") from None
    for name, value in origin.items():
        found = header["origin"].get(name)
        if found != value and name != "config":  # that has the key
            before, now = header["origin"].get("config"), origin.get("config")
            reason = f"its {name} is {found!r}, not {value!r}"
            if isinstance(before, dict) and isinstance(now, dict) and name == "key":
                reason = explain_other(before, now)
            raise RequestError(f"checkpoint: {path} is of another run: {reason}")
    if header["beginning"] != describe_beginning(state):
        raise RequestError(f"checkpoint: {path} is of another network: it began with other weights or paths")
    for layer in state.layers:
        prefix = f"{layer.name}/"
        moving = {
            name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)
        }
        _put_back(layer, moving, is_packed=header["packed"][layer.name], path=path)
        layer.books.maintenance = header["maintenance"][layer.name]
    state.trial = header["state"]["trial"]
    return position


def _load(path: Path) -> Arrays:
    """The arrays of a checkpoint that is what was written."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        checksum = arrays.pop("checksum").tobytes().hex()
        is_whole = "header" in arrays and checksum == digest_arrays(arrays)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DamagedError(f"checkpoint: {path} cannot be read: {reason}") from None
    except Exception as error:  # there is no end of ways in which a damaged file can fail
        reason = " ".join(str(error).split()) or "it is empty"
        raise DamagedError(f"checkpoint: {path} is damaged: {reason}") from None
    if not is_whole:
        raise DamagedError(f"checkpoint: {path} is damaged: its checksum is not that of its content")
    return arrays


def _collect(layer: Layer) -> Arrays:
    """Every array of ``layer`` that moves while the network learns, by name."""
    carried = {f"carried/{name}": array for name, array in layer.carried.items()}
    return {"weights": layer.weights, "m0": layer.books.m0, "m1": layer.books.m1, **carried}


def _has_place(array: NDArray[Any], layer: Layer) -> bool:
    """Whether ``array`` has a value for every synapse of ``layer``."""
    return array.shape == layer.plastic.shape


def _can_pack(layer: Layer) -> bool:
    """Whether the synapses on the path are all that has moved, and not all there are."""
    if layer.plastic.all():
        return False
    counts = [layer.books.m0, *(array for array in layer.carried.values() if _has_place(array, layer))]
    return all(np.count_nonzero(array) == np.count_nonzero(array[layer.plastic]) for array in counts)


def _put_back(layer: Layer, arrays: Arrays, *, is_packed: bool, path: Path) -> None:
    """Write into ``layer`` what ``_collect`` took from one like it."""
    targets = _collect(layer)
    n_plastic = int(np.count_nonzero(layer.plastic))
    for name, target in targets.items():
        shape = (n_plastic,) if is_packed and _has_place(target, layer) else target.shape
        array = arrays.get(name)
        if array is None or (array.shape, array.dtype) != (shape, target.dtype):
            raise RequestError(
                f"checkpoint: {path} is of another network: its {layer.name} {name} does not fit"
            )
    for name, array in arrays.items():
        if name not in targets:  # carried since a trial that is past
            layer.carried[name.removeprefix("carried/")] = array
        elif array.shape == targets[name].shape:
            targets[name][...] = array
        else:
            targets[name][layer.plastic] = array


def _collect_beginning(state: State) -> Iterator[tuple[str, NDArray[Any]]]:
    """The arrays that the seed makes again."""
    for layer in state.layers:
        yield f"{layer.name}/initial", layer.books.initial
        yield f"{layer.name}/plastic", layer.plastic


def digest_arrays(arrays: Mapping[str, NDArray[Any]] | Iterator[tuple[str, NDArray[Any]]]) -> str:
    """SHA-256 of ``arrays``, their names, dtypes and shapes."""
    digest = hashlib.sha256()
    pairs = sorted(arrays.items()) if isinstance(arrays, Mapping) else arrays
    for name, array in pairs:
        digest.update(f"{name} {array.dtype.str} {array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
