"""A spiking perceptron that learns by STDP, without and with synaptic caching.

After Li & van Rossum 2020 (doi:10.7554/eLife.50804): changes are transient at first, and consolidated where
they have grown beyond a threshold. 100 inputs, of which each pattern makes a random half fire once, at fixed
times within 20 ms, excite one leaky integrate-and-fire cell (membrane 20 ms, threshold 10 mV):

    20 ms dv/dt = -v                  v += w at an input spike          v > 10 mV: spike, v = 0 mV
    10 ms dx/dt = -x                  x += 1 at an input spike, in each synapse

It is to fire for one half of the patterns and to be silent for the others. Where it should have fired a
teacher speaks up after 22 ms, and x says which inputs could have helped; where it fires and should not, they
are the ones to blame:

    dw = +eta x  at the teacher's signal                 dw = -eta x  at the cell's own spike

    python docs/examples/perceptron.py [--patterns 60] [--epochs 25] [--figure caching.png]
"""

from __future__ import annotations

import argparse

import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    TimedArray,
    defaultclock,
    ms,
    mV,
)

from bioplast.brian import PlasticSynapses
from bioplast.energy import Energy

N_INPUTS, TRIAL_MS = 100, 50

CELL = """
dv/dt = -v/(20*ms) : volt
step = timestep(t, dt) % 50 : integer (shared)
wanted = targets(t) : 1
n_fired : integer                           # spikes in this trial
"""

THRESHOLDS = (0.1, 0.2, 0.3, 0.5, 0.8)  # mV; a single correction changes a weight by at most 0.05 mV


def run_perceptron(rule: str, n_patterns: int, n_epochs: int, seed: int = 1) -> tuple[Energy, float]:
    """Energy in mV, and the share of patterns that are right in the last epoch."""
    rng = np.random.default_rng(seed)
    defaultclock.dt = 1 * ms
    patterns = rng.random((n_patterns, N_INPUTS)) < 0.5
    wanted = rng.permutation(n_patterns) % 2
    spiking, inputs = np.nonzero(patterns)
    times = spiking * TRIAL_MS + rng.integers(1, 21, inputs.size)
    epoch = n_patterns * TRIAL_MS * ms

    source = SpikeGeneratorGroup(N_INPUTS, inputs, times * ms, period=epoch)
    cell = NeuronGroup(
        1,
        CELL,
        threshold="v > 10*mV",
        reset="v = 0*mV; n_fired += 1",
        events={"onset": "step == 0", "teacher": "step == 22 and wanted > 0 and n_fired == 0"},
        method="exact",
    )
    cell.run_on_event("onset", "v = 0*mV; n_fired = 0")
    synapses = PlasticSynapses(
        source,
        cell,
        "w : volt\ndx/dt = -x/(10*ms) : 1 (event-driven)",
        on_pre="v_post += w; x += 1",
        on_post={"post": "", "teacher": ""},
        on_event={"teacher": "teacher"},
        plasticity=rule,
        proposals={"post": "-0.05*mV*x*int(wanted_post == 0)", "teacher": "0.05*mV*x"},
        unit=mV,
        every=TRIAL_MS * ms,
    )
    synapses.connect()
    synapses.w = rng.normal(0.3, 0.1, N_INPUTS) * mV

    spikes = SpikeMonitor(cell)
    targets = TimedArray(np.tile(wanted, n_epochs), dt=TRIAL_MS * ms)
    network = Network(source, cell, synapses, spikes)
    network.run(n_epochs * epoch, namespace={"targets": targets})
    fired = np.zeros(n_epochs * n_patterns, bool)
    fired[np.unique(np.asarray(spikes.t / ms + 0.5, int) // TRIAL_MS)] = True
    return synapses.energy(), float(np.mean(fired[-n_patterns:] == wanted))


def main(arguments: list[str] | None = None) -> dict[str, tuple[Energy, float]]:
    """Run all thresholds, print the table and the best saving, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patterns", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--figure", help="file for the energy by threshold")
    options = parser.parse_args(arguments)
    rules = ("plain", *(f"cache({theta}, 0.001, cost=0.001)" for theta in THRESHOLDS))
    results = {rule: run_perceptron(rule, options.patterns, options.epochs) for rule in rules}

    print(f"{'rule':32} {'right':>6} {'m0':>8} {'m1/mV':>8} {'maintenance/mV':>15} {'saving':>7}")
    spent = {rule: energy.m1 + energy.maintenance for rule, (energy, _) in results.items()}
    for rule, (energy, right) in results.items():
        saving = 1 - spent[rule] / spent["plain"]
        print(
            f"{rule:32} {right:6.0%} {energy.m0:8} {energy.m1:8.1f} {energy.maintenance:15.1f} {saving:7.0%}"
        )
    if options.figure:
        plot_energy(spent, results, options.figure)
    return results


def plot_energy(spent: dict[str, float], results: dict[str, tuple[Energy, float]], path: str) -> None:
    """Energy against threshold, and its two parts."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(3.5, 2.5), layout="constrained")
    cached = [energy for rule, (energy, _) in results.items() if rule != "plain"]
    ax.axhline(spent["plain"], color="black", lw=0.8, label="without caching")
    ax.plot(THRESHOLDS, [energy.m1 + energy.maintenance for energy in cached], "o-", label="sum")
    ax.plot(THRESHOLDS, [energy.m1 for energy in cached], "s--", label="consolidation, m1")
    ax.plot(THRESHOLDS, [energy.maintenance for energy in cached], "^:", label="maintenance")
    ax.set(xlabel="threshold (mV)", ylabel="energy (mV)", ylim=(0, None))
    ax.legend(fontsize=7)
    figure.savefig(path, dpi=200)
    plt.close(figure)


if __name__ == "__main__":
    main()
