"""A spiking perceptron that learns by STDP, and what caching saves.

Li & van Rossum 2020 (doi:10.7554/eLife.50804): changes are transient, and consolidated beyond a threshold. A
pattern makes half of 100 inputs fire within 20 ms; a cell is to fire for half of the patterns. With a trace x
w += 0.05 mV*x where a teacher speaks up, and w -= 0.05 mV*x at the cell's spike if it was to be silent.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, TimedArray, defaultclock, ms, mV

from bioplast.brian import PlasticSynapses

CELL = "dv/dt = -v/(20*ms) : volt\nwanted = targets(t) : 1\nn_fired : integer\n"
CELL += "step = timestep(t, dt)%50 : integer (shared)"
SYNAPSE = "w : volt\ndx/dt = -x/(10*ms) : 1 (event-driven)"
EVENTS = {"onset": "step == 0", "teacher": "step == 22 and wanted > 0 and n_fired == 0"}
CODE = {"on_pre": "v_post += w; x += 1", "on_post": {"post": "", "teacher": ""}}
CODE["on_event"] = {"teacher": "teacher"}
CODE["proposals"] = {"post": "-0.05*mV*x*int(wanted_post == 0)", "teacher": "0.05*mV*x"}
THRESHOLDS = (0.1, 0.2, 0.3, 0.5, 0.8)  # mV; a single correction changes a weight by at most 0.05 mV


def run(rule, n_patterns, n_epochs, seed=1):
    """Energy in mV, and the share of patterns that are right in the last epoch."""
    rng = np.random.default_rng(seed)
    defaultclock.dt = 1 * ms
    spiking, inputs = np.nonzero(rng.random((n_patterns, 100)) < 0.5)
    wanted = rng.permutation(n_patterns) % 2
    times = (spiking * 50 + rng.integers(1, 21, inputs.size)) * ms
    source = SpikeGeneratorGroup(100, inputs, times, period=50 * n_patterns * ms)
    firing = {"threshold": "v > 10*mV", "reset": "v = 0*mV; n_fired += 1", "events": {**EVENTS}}
    cell = NeuronGroup(1, CELL, **firing, method="exact")
    cell.run_on_event("onset", "v = 0*mV; n_fired = 0")
    synapses = PlasticSynapses(source, cell, SYNAPSE, **CODE, plasticity=rule, unit=mV, every=50 * ms)
    synapses.connect()
    synapses.w = rng.normal(0.3, 0.1, 100) * mV
    spikes, names = SpikeMonitor(cell), {"targets": TimedArray(np.tile(wanted, n_epochs), dt=50 * ms)}
    Network(source, cell, synapses, spikes).run(50 * n_epochs * n_patterns * ms, namespace=names)
    fired = np.bincount(np.asarray(spikes.t / ms + 0.5, int) // 50, minlength=n_epochs * n_patterns) > 0
    return synapses.energy(), np.mean(fired[-n_patterns:] == wanted)


def main(figure="perceptron.png", n_patterns=60, n_epochs=25):
    """Print what is right and spent without caching and by its threshold, and draw it."""
    rules = ["plain", *(f"cache({theta}, 0.001, cost=0.001)" for theta in THRESHOLDS)]
    results = {rule: run(rule, n_patterns, n_epochs) for rule in rules}
    for rule, (energy, right) in results.items():
        print(f"{rule}: {right:.0%} right, {energy.m1 + energy.maintenance:.1f} mV spent, {energy}")
    plain, *cached = (energy.m1 + energy.maintenance for energy, _ in results.values())
    plt.axhline(plain, color="k")
    plt.plot(THRESHOLDS, cached, "o-")
    plt.gca().set(xlabel="threshold (mV)", ylabel="energy (mV); line: without caching")
    plt.savefig(figure)
    plt.close()
    return results


if __name__ == "__main__":
    main()
