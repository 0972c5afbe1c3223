"""Reward finds one synapse among many, and the others are rewritten for nothing.

Izhikevich 2007 (doi:10.1093/cercor/bhl152): STDP leaves a tag c in a synapse, which decays within a second,
and the weight follows it while there is dopamine d, which grows by 0.5 at a reward and decays with 0.2 s:

    dw/dt = c*d/s    c += 0.1*exp(-lag/20 ms) or -= 0.15*exp(-lag/20 ms) at spike pairs

Cells fire at 1 Hz. The first of 50 synapses is at times given spikes 5 ms apart, and 1 to 3 s later
all are given a reward, when others have tags too. With a threshold their changes are transient, and fade.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, SpikeGeneratorGroup, StateMonitor, TimedArray, defaultclock, ms, second

from bioplast.brian import PlasticSynapses

SYNAPSE = """
dw/dt = c*dopamine(t)/second : 1 (clock-driven)
dc/dt = -c/second : 1 (clock-driven)
dpre_trace/dt = -pre_trace/(20*ms) : 1 (clock-driven)
dpost_trace/dt = -post_trace/(20*ms) : 1 (clock-driven)
"""
CODES = {"on_pre": "pre_trace += 0.1; c += post_trace", "on_post": "post_trace -= 0.15; c += pre_trace"}


def run(rule, seconds):
    """A monitor of the weights, and the energy."""
    defaultclock.dt, n_steps = ms, int(seconds * 1000)
    rng = np.random.default_rng(5)
    spikes = rng.random((n_steps, 51)) < 1e-3  # of 50 inputs and the cell
    chosen = rng.choice(n_steps - 3010, n_steps // 2000, replace=False)
    spikes[chosen, 0] = spikes[chosen + 5, 50] = True
    rewards = np.bincount(chosen + rng.integers(1000, 3000, chosen.size), minlength=n_steps)
    dopamine = TimedArray(np.convolve(rewards, 0.5 * np.exp(-np.arange(2000) / 200))[:n_steps], dt=ms)
    (steps, cells), fired = np.nonzero(spikes[:, :50]), np.flatnonzero(spikes[:, 50])
    source, goal = SpikeGeneratorGroup(50, cells, steps * ms), SpikeGeneratorGroup(1, 0 * fired, fired * ms)
    synapses = PlasticSynapses(source, goal, SYNAPSE, **CODES, plasticity=rule, every=second, method="euler")
    synapses.connect()
    monitor = StateMonitor(synapses, "w", record=True, dt=second)
    Network(source, goal, synapses, monitor).run(seconds * second, namespace={"dopamine": dopamine})
    return monitor, synapses.energy()


def main(figure="reward.png", seconds=100.0, rules=("plain", "cache(0.02, 0.01)")):
    """Print what each declaration costs, and draw how the weights go."""
    results = {rule: run(rule, seconds) for rule in rules}
    _, axes = plt.subplots(1, len(rules), sharey=True, figsize=(7, 3), layout="constrained")
    for ax, (rule, (monitor, energy)) in zip(axes, results.items(), strict=True):
        print(f"{rule}: {energy}")
        ax.plot(monitor.t / second, monitor.w[1:].T, "0.7")
        ax.plot(monitor.t / second, monitor.w[0], "C0")  # the synapse that is rewarded
        ax.set(xlabel="time (s)", ylabel="weight", title=f"{rule}: m1 = {energy.m1:.1f}")
    plt.savefig(figure)
    plt.close()
    return {rule: energy for rule, (_, energy) in results.items()}


if __name__ == "__main__":
    main()
