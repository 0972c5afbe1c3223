"""What a bistable synapse costs, by what one calls a write.

Graupner & Brunel 2012 (doi:10.1073/pnas.1109359109): calcium c jumps by 1 at a presynaptic spike (13.7 ms
late) and by 2 at a postsynaptic one, and decays with 20 ms; the efficacy rho rests at 0 or 1:

    150 s drho/dt = -rho*(1 - rho)*(0.5 - rho)
                    + 321.808*(1 - rho)*[c > 1.3] - 200*rho*[c > 1] + noise

60 pairs, 0.2 s apart, are shown at each lag. Written is all of 0.1 s, ways of at least 0.2, or flips.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, SpikeGeneratorGroup, defaultclock, ms, second, seed

from bioplast.brian import PlasticSynapses

SYNAPSE = """
drho/dt = (-rho*(1 - rho)*(0.5 - rho) + push)/(150*second) + noise*xi : 1 (clock-driven)
push = 321.808*(1 - rho)*int(c > 1.3) - 200*rho*int(c > 1) : 1
noise = 2.8284*sqrt((int(c > 1) + int(c > 1.3))/(150*second)) : second**-0.5
dc/dt = -c/(20*ms) : 1 (clock-driven)
"""
WRITES = {"all of 0.1 s": None, "0.2 or more": 0.2, "flips": "rho > 0.5"}


def run(counts, lags, n_synapses, n_pairs):
    """Mean change and cost of a synapse at each lag, (n_lags,), and the energy of all."""
    seed(3)
    defaultclock.dt = 0.5 * ms
    cells = np.tile(np.arange(len(lags)), n_pairs)
    onset = np.repeat(200.0 + 200 * np.arange(n_pairs), len(lags))
    both = (onset, onset + np.tile(lags, n_pairs))
    sources, goals = (SpikeGeneratorGroup(len(lags), cells, times * ms) for times in both)
    codes = {"on_pre": "c += 1", "on_post": "c += 2", "delay": 13.7 * ms, "method": "heun"}
    options = {"weight": "rho", "plasticity": "plain", "every": 100 * ms, "counts": counts}
    synapses = PlasticSynapses(sources, goals, SYNAPSE, **codes, **options)
    synapses.connect(j="i", n=n_synapses)
    synapses.rho = first = np.arange(n_synapses * len(lags)) % 2
    Network(sources, goals, synapses).run((0.2 * n_pairs + 0.5) * second)
    both = np.reshape([synapses.rho[:] - first, synapses.m1[:]], (2, len(lags), -1))
    return *both.mean(2), synapses.energy()


def main(figure="calcium.png", lags=tuple(range(-80, 81, 20)), n_synapses=40, n_pairs=60):
    """Print and draw what is counted."""
    results = {name: run(counts, lags, n_synapses, n_pairs) for name, counts in WRITES.items()}
    plt.plot(lags, results["all of 0.1 s"][0], "k", label="mean change of rho")
    for (name, (_, m1, energy)), style in zip(results.items(), ("o-", "s--", "^:"), strict=True):
        print(f"{name}: {energy}")
        plt.plot(lags, m1, style, label=f"energy m1, {name}")
    plt.gca().set(xlabel="lag of the postsynaptic spike (ms)", ylabel="change of the efficacy")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    return {name: energy for name, (_, _, energy) in results.items()}


if __name__ == "__main__":
    main()
