"""Spikes as a Neo block: one train a cell, and an epoch a trial.

Neo: Garcia et al. 2014, doi:10.3389/fninf.2014.00010.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.export.optional import need


def check_neo() -> None:
    """Raise ``RequestError`` if neo or nixio is not installed."""
    for module in ("neo", "nixio"):
        need(module, "neo")


def make_block(spikes: Mapping[str, NDArray[Any]], trial_ms: float, **annotations: Any) -> Any:
    """The ``neo.Block`` of a table of spikes (``backends.brian.activity``), trials one after the other.

    Parameters
    ----------
    spikes : columns ``trial``, ``population``, ``cell``, ``time_ms``
    trial_ms : length of a trial
    annotations : of the block

    Returns
    -------
    block : one segment with a spike train for each cell that fired, annotated with its ``population`` and
        ``cell``, and the epochs ``trials``, whose labels are the numbers of the images

    Raises
    ------
    RequestError : neo is not installed
    """
    neo = need("neo", "neo")
    images, places = np.unique(spikes["trial"], return_inverse=True)
    times = spikes["time_ms"] + places * trial_ms
    segment = neo.Segment(name="test images")
    starts = np.arange(len(images)) * trial_ms
    durations = np.full(len(images), trial_ms)
    segment.epochs.append(neo.Epoch(starts, durations, labels=images.astype(str), units="ms", name="trials"))
    for population in dict.fromkeys(spikes["population"].tolist()):
        here = spikes["population"] == population
        for cell in np.unique(spikes["cell"][here]):
            train = neo.SpikeTrain(
                np.sort(times[here & (spikes["cell"] == cell)]),
                units="ms",
                t_stop=len(images) * trial_ms,
                name=f"{population} {cell}",
                population=population,
                cell=int(cell),
            )
            segment.spiketrains.append(train)
    block = neo.Block(name="bioplast", **annotations)
    block.segments.append(segment)
    return block


def write_block(block: Any, path: Path) -> None:
    """The block as a NIX file, ``neo.io.NixIO``.

    Raises
    ------
    RequestError : nixio is not installed
    """
    check_neo()
    with need("neo.io", "neo").NixIO(str(path), "ow") as file:
        file.write_block(block)
