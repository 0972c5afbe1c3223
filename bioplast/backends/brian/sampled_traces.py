"""A few cells and synapses of an observed trial, as rows to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.brian.observation import Observed

Rows = list[dict[str, Any]]

# Labels of what is shown.
OUTPUTS = ("other digits", "the digit")
CELLS = ("most written to", "most active")
INPUTS = ("highest", "second third", "last third")


@dataclass(frozen=True)
class Choice:
    """What is shown of a network.

    Attributes
    ----------
    cells : two hidden cells, the one that is most written to and of the others the most active
    inputs : three inputs of the first: of those that fire, ranked by eligibility, the first of each third
    """

    cells: tuple[int, ...]
    inputs: tuple[int, ...]


def choose(seen: Observed) -> Choice:
    """What to show, by what happened in a trial."""
    n_hidden = seen.psi.shape[1]
    first = int(np.abs(seen.written).sum(axis=0).argmax())
    counts = np.bincount(seen.recording.hidden.cells, minlength=n_hidden)[:n_hidden]
    counts[first] = -1
    eligibility = seen.traces[:, seen.active].T @ seen.psi[:, first]
    ranked = seen.active[np.argsort(-eligibility)]
    places = [len(ranked) * third // len(INPUTS) for third in range(len(INPUTS))]
    return Choice((first, int(counts.argmax())), tuple(int(ranked[place]) for place in places))


def describe_trial(seen: Observed, choice: Choice, label: int, n_synapses: int) -> Rows:
    """Rows by ``panel``.

    ==================================  ==========================================================
    inputs, hidden                      a spike: ``unit`` and ``time_ms``
    output, potential, eligibility      a ``value`` at a time, with ``label`` and ``unit``
    changes                             what a synapse onto the first cell ``proposed`` and what was
                                        ``written``, ranked by size, of inputs that fired
    counts                              ``n_proposed``, ``n_written``, of all synapses onto hidden cells
    ==================================  ==========================================================

    Parameters
    ----------
    seen : the trial
    choice : what is shown of it
    label : the class that was shown
    n_synapses : how many changes
    """
    recording, (first, *_) = seen.recording, choice.cells
    rows: Rows = [
        {"panel": panel, "unit": int(cell), "time_ms": int(step)}
        for panel, spikes in (("inputs", recording.inputs), ("hidden", recording.hidden))
        for step, cell in zip(spikes.steps, spikes.cells, strict=True)
    ]
    for unit, course in enumerate(recording.readout.T):
        rows += _make_course("output", OUTPUTS[unit == label], unit, course)
    for name, cell in zip(CELLS, choice.cells, strict=True):
        rows += _make_course("potential", name, cell, recording.potential[:, cell])
    for name, unit in zip(INPUTS, choice.inputs, strict=True):
        course = np.cumsum(seen.traces[:, unit] * seen.psi[:, first])
        rows += _make_course("eligibility", name, unit, course)
    proposed, written = (changes[seen.active, first] for changes in (seen.proposed, seen.written))
    ranked = np.argsort(np.abs(proposed))
    for place, rank in enumerate(np.linspace(0, len(ranked) - 1, n_synapses).round().astype(int)):
        changes = {"proposed": float(proposed[ranked[rank]]), "written": float(written[ranked[rank]])}
        rows.append({"panel": "changes", "unit": place, **changes})
    counts = {"n_proposed": seen.proposed, "n_written": seen.written}
    counted = {name: int(np.count_nonzero(changes)) for name, changes in counts.items()}
    return [*rows, {"panel": "counts", **counted}]


def _make_course(panel: str, label: str, unit: int, course: NDArray[np.float64]) -> Rows:
    return [
        {"panel": panel, "label": label, "unit": unit, "time_ms": step, "value": float(value)}
        for step, value in enumerate(course)
    ]
