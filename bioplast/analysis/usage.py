"""What a run did that has a price."""

from __future__ import annotations

from bioplast.energy.prices import Usage
from bioplast.sizes import list_shapes
from bioplast.tasks import load_task
from bioplast.training.record import Run

STEP_SECONDS = 1e-3  # a time step of the spiking network


def count_usage(run: Run) -> Usage:
    """Spikes, events, writes, and how long cells and synapses were kept while images were shown.

    The units that are always on count as cells. Errors go back through all synapses but those from the input.
    A network without spikes knows no time: its cells and
    synapses were kept for none.
    """
    record = run.record
    task, n_hidden, signalling = load_task(record["task"]), record["hidden"], record["signalling"]
    shapes = list_shapes(task.n_pixels, n_hidden, task.n_classes).values()
    n_cells = sum(n_pre for n_pre, _ in shapes) + task.n_classes
    n_synapses = sum(n_pre * n_post for n_pre, n_post in shapes)
    steps = record["config"]["settings"].get("n_stimulus", 0) if signalling["spikes_input"] else 0
    seconds = record["samples"] * steps * STEP_SECONDS
    return Usage(
        spikes=signalling["spikes_input"] + signalling["spikes_hidden"],
        synaptic_events=signalling["synaptic_events"] if steps else 0,
        cell_seconds=n_cells * seconds,
        synapse_seconds=n_synapses * seconds,
        writes=record["energy"]["m0"],
        m1=record["energy"]["m1"],
        errors=record["samples"] * sum(n_pre * n_post for n_pre, n_post in list(shapes)[1:]),
    )
