"""Speed of the network's kernel beside its NumPy reference: same network, same images, same books.

    python benchmarks/ann.py [--repeats 5]

One core, one image at a time, every synapse booked. Each line is the median over the repeats; the
kernel's compilation is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from bioplast import Plasticity
from bioplast.initial import make_layers
from bioplast.network import Outcome, State
from bioplast.numeric import reference
from bioplast.numeric.chunk import Chunks
from bioplast.numeric.encoding import Rates
from bioplast.numeric.settings import Settings
from bioplast.tasks import load_task
from bioplast.tasks.task import Task, Trials

CASES = (
    ("plain", 100),
    ("largest(0.1)", 100),
    ("largest(0.02)", 100),
    ("above(0.0001)", 100),
    ("plain", 1000),
    ("largest(0.01)", 1000),
    ("subnet(100)", 1000),
    ("subnet(100) + largest(0.01)", 1000),
)
WARM_UP = 2000  # images; the first ones are learned from with larger changes than the later ones


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    task = load_task("mnist")
    print(f"{'rule':30}{'hidden':>7}{'kernel':>12}{'reference':>12}{'ratio':>8}   images/s")
    for rule, n_hidden in CASES:
        fast, slow = measure(task, rule, n_hidden, repeats)
        print(f"{rule:30}{n_hidden:7}{fast:12,.0f}{slow:12,.0f}{fast / slow:8.1f}", flush=True)


def measure(task: Task, rule: str, n_hidden: int, repeats: int) -> tuple[float, float]:
    """Images per second of the kernel and of the reference."""
    plasticity, settings = Plasticity.parse(rule), Settings()
    chunks = Chunks(settings, Rates(), plasticity)

    def run_kernel(state: State, trials: Trials) -> Outcome:
        return chunks.present(state, trials, learn=True)

    def run_reference(state: State, trials: Trials) -> Outcome:
        return reference.present(
            state, trials, settings=settings, encoding=Rates(), plasticity=plasticity, learn=True
        )

    speeds = []
    for run, n_images in ((run_kernel, 2000), (run_reference, max(20, 20_000 // n_hidden))):
        layers = make_layers(
            1, task.n_pixels, n_hidden, task.n_classes, sd_hidden=0.01, sd_output=0.01, plasticity=plasticity
        )
        state = State(1, layers)
        order = np.random.default_rng(1).permutation(len(task.train))
        run_kernel(state, Trials(task.train, order[:WARM_UP]))
        speeds.append(n_images / time_median(run, state, task, order[WARM_UP:], n_images, repeats))
    return speeds[0], speeds[1]


def time_median(
    run: Callable[[State, Trials], Outcome],
    state: State,
    task: Task,
    order: np.ndarray,
    n_images: int,
    repeats: int,
) -> float:
    """Seconds for a chunk of ``n_images``, each repeat with images of its own."""
    seconds = []
    for repeat in range(repeats):
        trials = Trials(task.train, order[repeat * n_images : (repeat + 1) * n_images])
        started = time.perf_counter()
        run(state, trials)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
