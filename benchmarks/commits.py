"""The networks of the present files beside those of an earlier commit: images per second, and their ratio.

Both learn in processes of their own from the same images, in the chunks that a run learns in, and take
turns; what counts is processor time, that of compiled programs included, and the median over the turns. The
earlier commit is unpacked into a temporary folder and runs with the libraries that are installed now.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bioplast.build_cache import cache_folder

ROOT = Path(__file__).parents[1]
EARLIER = "154812a"
CHUNK = 2000  # trials, as in a run
FLOOR = 0.97  # of the earlier commit's speed
WARM_UP = 2 * CHUNK

# Knows of bioplast only what both commits have: reads how many chunks to learn from, says how long that took.
LEARNER = """
import importlib, sys
import numpy as np
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task
name, n_hidden, rule, benchmarks, chunk = sys.argv[1:]
sys.path.append(benchmarks)  # those of now, behind the commit that is measured
from turns import read_processor_time
task = load_task("mnist")
network = importlib.import_module(f"models.{name}").make_network(
    n_pixels=task.n_pixels,
    n_classes=task.n_classes,
    n_hidden=int(n_hidden),
    plasticity=Plasticity.parse(rule),
    device="cpp_standalone",
)
state, chunk = network.initial_state(1), int(chunk)
for line in sys.stdin:
    before = read_processor_time()
    for _ in range(int(line)):
        first = state.trial
        indices = np.arange(first, first + chunk) % len(task.train.labels)
        network.present(state, Trials(task.train, indices, first), learn=True)
    print(read_processor_time() - before, flush=True)
"""


@dataclass(frozen=True)
class Case:
    """What is compared."""

    network: str
    n_hidden: int
    rule: str


CASES = tuple(
    Case(network, n_hidden, rule)
    for network in ("ann", "rate", "spiking")
    for n_hidden, rule in (
        (100, "plain"),
        (100, "largest(0.02)"),
        (1000, "plain"),
        (1000, "largest(0.02)"),
        (1000, "subnet(50)"),
    )
)


def run(*, out: Path, quick: bool) -> None:
    """Print the table and write it to ``out``."""
    n_turns, seconds = (3, 0.5) if quick else (9, 2.0)
    out.mkdir(parents=True, exist_ok=True)
    table = Table("network", "N", "rule", EARLIER, "now", "ratio", f"floor {FLOOR}")
    console = Console()
    console.width = max(console.width, 100)
    with unpack(EARLIER) as earlier, (out / "commits.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("network", "hidden", "rule", EARLIER, "now", "ratio"))
        for case in CASES:
            before, now = measure(case, (earlier, ROOT), n_turns, seconds)
            met = "met" if now / before >= FLOOR else "not met"
            row = (case.network, str(case.n_hidden), case.rule, f"{before:,.0f}", f"{now:,.0f}")
            table.add_row(*row, f"{now / before:.3f}", met)
            console.print(*row, f"{now / before:.3f}", met)  # it takes a while
            writer.writerow((case.network, case.n_hidden, case.rule, before, now, now / before))
            file.flush()
    console.print(table)


def measure(case: Case, roots: Sequence[Path], n_turns: int, seconds: float) -> list[float]:
    """Images per second of processor time of the network as it is in each of the folders."""
    with ExitStack() as stack:
        learners = [stack.enter_context(Learner(case, root)) for root in roots]
        spent = [learner.learn(WARM_UP // CHUNK) for learner in learners]  # and compiles
        spent = [learner.learn(1) for learner in learners]
        n_chunks = max(1, round(seconds / min(spent)))
        turns = [[learner.learn(n_chunks) for learner in learners] for _ in range(n_turns)]
    return [n_chunks * CHUNK / median(spent) for spent in zip(*turns, strict=True)]


class Learner:
    """A network of the files in ``root``, in a process of its own."""

    def __init__(self, case: Case, root: Path) -> None:
        cache = cache_folder("commits") / EARLIER if root != ROOT else cache_folder()
        environment = {"PYTHONPATH": str(root), "BIOPLAST_CACHE": str(cache), "NUMBA_NUM_THREADS": "1"}
        arguments = (case.network, str(case.n_hidden), case.rule, str(Path(__file__).parent), str(CHUNK))
        self._process = subprocess.Popen(
            [sys.executable, "-c", LEARNER, *arguments],
            cwd=root,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def learn(self, n_chunks: int) -> float:
        """Seconds of processor time for so many chunks."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(n_chunks, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def __enter__(self) -> Learner:
        return self

    def __exit__(self, *error: object) -> None:
        with self._process:  # which closes its pipes: it then ends
            pass


@contextmanager
def unpack(commit: str) -> Iterator[Path]:
    """The files of a commit in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bioplast-commit-") as folder:
        archive = Path(folder) / "files.tar"
        command = ["git", "-C", str(ROOT), "archive", "--output", str(archive), commit]
        subprocess.run(command, check=True)
        subprocess.run(["tar", "-xf", str(archive), "-C", folder], check=True)
        yield Path(folder)
