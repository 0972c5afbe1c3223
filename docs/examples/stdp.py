"""What pair-based STDP costs in a recurrent network, and what a consolidation threshold saves.

80 excitatory and 20 inhibitory cells, connected at random, are driven by Poisson spikes. Between excitatory
cells w += post_trace at a presynaptic spike and w += pre_trace at a postsynaptic one, with traces of 20 ms,
between 0 and 1 nS. Written is all of it; what has built up to 0.05 nS, the rest being lost within seconds; or
of what is proposed within 100 ms the largest tenth, built up in the same way.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, defaultclock, ms, nS, seed

from bioplast.brian import PlasticSynapses

CELL = """dv/dt = (-70*mV - v + (g_inh*(-80*mV - v) - g_exc*v)/(10*nS))/(20*ms) : volt (unless refractory)
dg_exc/dt = -g_exc/(5*ms) : siemens
dg_inh/dt = -g_inh/(10*ms) : siemens"""
STDP = """w : siemens
dpre_trace/dt = -pre_trace/(20*ms) : siemens (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : siemens (event-driven)"""
CODE = {"on_pre": "g_exc_post += w; pre_trace += 0.01*nS", "on_post": "post_trace -= 0.0105*nS"}
CHANGES = {"proposals": {"pre": "post_trace", "post": "pre_trace"}, "bounds": (0 * nS, 1 * nS), "unit": nS}
RULES = ("plain", "cache(0.05, 0.02)", "largest(0.1) + cache(0.05, 0.02)")


def run(rule, seconds):
    """Energy in nS, final weights in nS, and firing rate in Hz."""
    seed(1)
    defaultclock.dt = 0.5 * ms
    firing = {"threshold": "v > -50*mV", "reset": "v = -60*mV", "refractory": 3 * ms}
    cells = NeuronGroup(100, CELL, **firing, method="euler")
    cells.v = "-70*mV + 20*mV*rand()"
    drive = PoissonInput(cells, "g_exc", N=100, rate=0.012 / ms, weight=0.6 * nS)
    some, rest = cells[:80], cells[80:]
    plastic = PlasticSynapses(some, some, STDP, **CODE, **CHANGES, plasticity=rule, every=100 * ms)
    plastic.connect("i != j", p=0.2)
    plastic.w = 0.5 * nS
    other = [Synapses(some, rest, on_pre="g_exc += 0.5*nS"), Synapses(rest, cells, on_pre="g_inh += 2*nS")]
    for synapses in other:
        synapses.connect(p=0.2)
    spikes = SpikeMonitor(cells, record=False)
    Network(cells, drive, plastic, *other, spikes).run(1000 * seconds * ms)
    return plastic.energy(), plastic.w / nS, spikes.num_spikes / 100 / seconds


def main(figure="stdp.png", seconds=5.0):
    """Print what the rules cost, and draw the weights that they end with."""
    results = {rule: run(rule, seconds) for rule in RULES}
    for rule, (energy, weights, rate) in results.items():
        print(f"{rule}: {rate:.1f} Hz, m1 / minimum {energy.inefficiency_m1:.1f}, {energy}")
        plt.hist(weights, np.linspace(0, 1, 41), histtype="step", label=f"{rule}, m1 = {energy.m1:.0f} nS")
    plt.gca().set(xlabel="weight (nS)", ylabel="synapses")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    return {rule: energy for rule, (energy, _, _) in results.items()}


if __name__ == "__main__":
    main()
