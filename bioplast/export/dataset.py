"""Weights and books of a run as NumPy arrays, and as an xarray Dataset for NetCDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bioplast.export.optional import need
from bioplast.training.record import Run, format_record
from bioplast.training.weights import Arrays

_UNITS = {"weights": "unit of the network's weights", "m0": "writes", "m1": "unit of the network's weights"}
_NAMES = {
    "weights": "synaptic weight",
    "m0": "number of writes of the synapse",
    "m1": "summed size of the changes of the synapse",
}


def write_npz(run: Run, arrays: Arrays, path: Path) -> None:
    """``NAME/weights``, ``NAME/m0``, ``NAME/m1`` of every layer, (n_pre, n_post), and ``record``, JSON text.

    The last row of each holds the biases: synapses from a unit that is always on.
    """
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, record=np.array(format_record(run.record)), **arrays)


def make_dataset(run: Run, arrays: Arrays) -> Any:
    """An ``xarray.Dataset`` with a variable a layer and quantity, ``input_to_hidden_weights`` and the like.

    Its dimensions are the populations; where synapses leave a population it has a unit more, the last, which
    is always on: ``hidden_and_bias``. What was asked and reached are attributes, and ``record`` is the whole
    record of the run, as JSON.

    Raises
    ------
    RequestError : xarray is not installed
    """
    xarray = need("xarray", "netcdf")
    variables = {}
    for name, array in arrays.items():
        layer, _, quantity = name.rpartition("/")
        pre, _, post = layer.partition("->")
        attributes = {"long_name": f"{_NAMES[quantity]}, from {pre} to {post}", "units": _UNITS[quantity]}
        variables[f"{pre}_to_{post}_{quantity}"] = ((f"{pre}_and_bias", post), array, attributes)
    record = run.record
    told = {name: record.get(name) for name in ("model", "rule", "seed", "task", "goal", "samples", "key")}
    return xarray.Dataset(
        variables,
        attrs={
            **{name: value for name, value in told.items() if value is not None},
            "title": run.title,
            "record": format_record(record),
        },
    )


def write_netcdf(run: Run, arrays: Arrays, path: Path) -> None:
    """The dataset as a NetCDF 4 file, compressed.

    Raises
    ------
    RequestError : xarray or h5netcdf is not installed
    """
    dataset = make_dataset(run, arrays)
    need("h5netcdf", "netcdf")
    encoding = {name: {"zlib": True} for name in dataset.data_vars}
    dataset.to_netcdf(path, engine="h5netcdf", encoding=encoding)
