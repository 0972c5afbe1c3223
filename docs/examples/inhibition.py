"""Inhibition that balances excitation, and what it goes on costing when the balance is found.

Vogels et al. 2011 (doi:10.1126/science.1211095): where two spikes meet inhibition grows, and each presynaptic
spike weakens it, so that cells come to fire at 5 Hz. With traces that decay with tau = 20 ms,

    w += eta*(post_trace - 2*tau*5 Hz)   at a presynaptic spike, before the new w is sent
    w += eta*pre_trace                   at a postsynaptic spike
"""

import matplotlib.pyplot as plt
from brian2 import Hz, Network, NeuronGroup, PoissonGroup, PoissonInput, SpikeMonitor, ms, nS, second, seed

from bioplast.brian import EnergyMonitor, PlasticSynapses, Proposal

CELL = """
dv/dt = (-60 - v - (g_exc*v + g_inh*(v + 80))/(10*nS))/(20*ms) : 1 (unless refractory)  # in mV
dg_exc/dt = -g_exc/(5*ms) : siemens
dg_inh/dt = -g_inh/(10*ms) : siemens
"""
SYNAPSE = """
w : siemens
dpre_trace/dt = -pre_trace/(20*ms) : 1 (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : 1 (event-driven)
"""


def run(rule, seconds):
    """Energy, its course, and the rate of the cells in the last quarter, in Hz."""
    seed(1)
    cells = NeuronGroup(10, CELL, threshold="v > -50", reset="v = -60", refractory=5 * ms, method="euler")
    cells.v = -60
    drive = PoissonInput(cells, "g_exc", N=100, rate=15 * Hz, weight=0.6 * nS)
    inputs = PoissonGroup(40, 15 * Hz)
    proposals = {"pre": Proposal("0.05*nS*(post_trace - 0.2)", first=True), "post": "0.05*nS*pre_trace"}
    codes = {"on_pre": "pre_trace += 1; g_inh_post += w", "on_post": "post_trace += 1"}
    codes |= {"unit": nS, "bounds": (0 * nS, 10 * nS), "every": 100 * ms}
    synapses = PlasticSynapses(inputs, cells, SYNAPSE, **codes, plasticity=rule, proposals=proposals)
    synapses.connect()
    course, spikes = EnergyMonitor(synapses, seconds / 50 * second), SpikeMonitor(cells)
    Network(cells, drive, inputs, synapses, course, spikes).run(seconds * second)
    return synapses.energy(), course, (spikes.t > 0.75 * seconds * second).sum() / len(cells) / (seconds / 4)


def main(figure="inhibition.png", seconds=20.0, rules=("plain", "cache(0.3, 0.01)")):
    """Print and draw what the declarations cost."""
    results = {rule: run(rule, seconds) for rule in rules}
    for rule, (energy, course, rate) in results.items():
        print(f"{rule}, {rate:.1f} Hz: {energy}")
        plt.plot(course.t / second, course.m1[0], label=rule)
    plt.gca().set(xlabel="time (s)", ylabel="energy m1 (nS)")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    return {rule: energy for rule, (energy, _, _) in results.items()}


if __name__ == "__main__":
    main()
