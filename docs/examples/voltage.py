"""Where voltage-based plasticity is expensive: near the voltage at which its two sides cancel.

Clopath et al. 2010 (doi:10.1038/nn.2479), visual cortex: a presynaptic spike depresses where the voltage of
late, u- (10 ms), is above -70.6 mV; potentiation drifts on while the voltage itself is above -45.3 mV and u+
(7 ms) above -70.6 mV. With [.]+ for what is positive, and x that grows by 1 at a spike and decays with 15 ms,

    w -= 14e-5*[u- + 70.6]+  at a spike;     dw/dt = 8e-5*x*[u + 45.3]+*[u+ + 70.6]+  per ms

The voltages of cells fluctuate by 8 mV around different means while inputs fire at 25 Hz.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, Network, NeuronGroup, PoissonGroup, defaultclock, ms, second, seed

from bioplast.brian import PlasticSynapses

CELL = """
du/dt = (mean - u)/(10*ms) + 8*(2/(10*ms))**0.5*xi : 1
du_minus/dt = (u - u_minus)/(10*ms) : 1
du_plus/dt = (u - u_plus)/(7*ms) : 1
mean : 1 (constant)
"""
SYNAPSE = """
dw/dt = 8e-5*x*clip(u_post + 45.3, 0, inf)*clip(u_plus_post + 70.6, 0, inf)/ms : 1 (clock-driven)
dx/dt = -x/(15*ms) : 1 (clock-driven)
"""


def run(rule, means, seconds):
    """Net change and cost at each mean voltage, averaged over 20 synapses, and the energy."""
    seed(2)
    defaultclock.dt = 0.5 * ms
    inputs, cells = PoissonGroup(20, 25 * Hz), NeuronGroup(len(means), CELL, method="euler")
    cells.mean = cells.u = cells.u_minus = cells.u_plus = means
    codes = {"on_pre": "w -= 14e-5*clip(u_minus_post + 70.6, 0, inf); x += 1", "method": "euler"}
    synapses = PlasticSynapses(inputs, cells, SYNAPSE, **codes, plasticity=rule, every=100 * ms)
    synapses.connect()
    Network(inputs, cells, synapses).run(seconds * second)
    return *(values.reshape(20, -1).mean(0) for values in (synapses.w[:], synapses.m1[:])), synapses.energy()


def main(figure="voltage.png", means=tuple(range(-78, -50, 2)), seconds=20.0):
    """Print and draw net change and cost for all changes and for those that a threshold lets through."""
    results = {rule: run(rule, np.array(means), seconds) for rule in ("plain", "cache(0.2, cost=0)")}
    plt.plot(means, np.abs(results["plain"][0]), "k", label="net change, absolute")
    for (rule, (_, m1, energy)), style in zip(results.items(), ("o-", "s--"), strict=True):
        print(f"{rule}: {energy}")
        plt.plot(means, m1, style, ms=3, label=f"energy m1, {rule}")
    plt.gca().set(xlabel="mean voltage (mV)", ylabel="change of the weight", yscale="log")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    return {rule: energy for rule, (_, _, energy) in results.items()}


if __name__ == "__main__":
    main()
