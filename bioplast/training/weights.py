"""What a run has learned, as a result: ``weights.npz``, with the weights and books of every layer.

For each layer ``NAME/weights`` (n_pre, n_post), ``NAME/m0`` and ``NAME/m1``, and ``checksum`` over them all;
no pickles.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
from bioplast.network import State
from bioplast.training.checkpoint import digest_arrays

WEIGHTS_FILE = "weights.npz"

Arrays = dict[str, NDArray[Any]]


def pack_weights(state: State) -> bytes:
    """The file for ``state``. Counts take the smallest type that holds them."""
    arrays: Arrays = {}
    for layer in state.layers:
        m0 = layer.books.m0
        arrays[f"{layer.name}/weights"] = layer.weights
        arrays[f"{layer.name}/m0"] = m0.astype(np.min_scalar_type(int(m0.max(initial=0))))
        arrays[f"{layer.name}/m1"] = layer.books.m1
    arrays["checksum"] = np.frombuffer(bytes.fromhex(digest_arrays(arrays)), np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def read_weights(folder: Path) -> Arrays:
    """The arrays of the file in ``folder``, by name.

    Raises
    ------
    RequestError : there is none, or it is not what was written
    """
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        checksum = arrays.pop("checksum").tobytes().hex()
    except OSError as error:
        raise RequestError(f"run: no weights at {path}: {error.strerror or error}") from None
    except Exception as error:  # there is no end of ways in which a damaged file can fail
        raise RequestError(f"run: {path} is damaged: {' '.join(str(error).split())}") from None
    if checksum != digest_arrays(arrays):
        raise RequestError(f"run: {path} is damaged: its checksum is not that of its content")
    return arrays


def restore_weights(state: State, arrays: Mapping[str, NDArray[Any]], folder: Path) -> None:
    """Bring ``state``, fresh from the network, to what was learned.

    Raises
    ------
    RequestError : the arrays are of another network
    """
    for layer in state.layers:
        targets = {"weights": layer.weights, "m0": layer.books.m0, "m1": layer.books.m1}
        for name, target in targets.items():
            array = arrays.get(f"{layer.name}/{name}")
            if array is None or array.shape != target.shape:
                raise RequestError(f"run: {folder / WEIGHTS_FILE} is of another network: see {layer.name}")
            target[...] = array
        for name in layer.carried.keys() & {"transient"}:  # all of it was written when learning ended
            layer.carried[name][...] = 0
