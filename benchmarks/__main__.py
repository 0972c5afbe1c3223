"""``python -m benchmarks [NAME ...]``: run the benchmarks called NAME, or those that are quick."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Benchmark:
    """One file here, with a function ``run(out, quick)``.

    Attributes
    ----------
    summary : one line
    by_default : whether it runs when none is named
    """

    summary: str
    by_default: bool = True


BENCHMARKS = {
    "speed": Benchmark("the kernel of ann against NumPy and PyTorch: images per second and memory"),
    "growth": Benchmark(
        "time and memory of ann against its size, up to 100,000 hidden units", by_default=False
    ),
    "brian": Benchmark(
        "the rate and the spiking network in Brian2, restricted or not, beside a Numba kernel",
        by_default=False,
    ),
    "baseline": Benchmark("ratios to a loop in NumPy beside those stored in baseline.json", by_default=False),
    "commits": Benchmark(
        "ann, rate and spiking beside those of an earlier commit: ratios of images per second",
        by_default=False,
    ),
    "library": Benchmark(
        "PlasticSynapses on a model of one's own, beside Brian2's Synapses", by_default=False
    ),
    "checkpoints": Benchmark(
        "checkpoint on Brian2's own examples: how many go on bit for bit", by_default=False
    ),
    "studies": Benchmark("a study of 10,000 very short runs: time beside the runs, memory", by_default=False),
    "recurrent": Benchmark("trials in time: speed of recurrent networks by size", by_default=False),
    "perceptron": Benchmark("numbers of a perceptron beside the theory's", by_default=False),
}
OUT = Path("results") / "benchmarks"


def main() -> None:
    """Read the command line and run."""
    lines = [f"  {name:12}{benchmark.summary}" for name, benchmark in BENCHMARKS.items()]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Speed and memory, side by side.",
        epilog="\n".join(["benchmarks:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="which [default: speed]")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer, to see that it works")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"for files [default: {OUT}]")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    for name in arguments.names or [name for name, one in BENCHMARKS.items() if one.by_default]:
        importlib.import_module(f"benchmarks.{name}").run(out=arguments.out, quick=arguments.quick)


if __name__ == "__main__":
    main()
