"""Tagging and capture: what lasts is what a cell has proteins for.

After Luboeinski & Tetzlaff 2021 (doi:10.1038/s42003-021-01778-y) simplified: the early phase h fades and is a
tag while |h| > 0.2. Where tags add up to more than 2 the cell makes protein p, and the late phase z of tagged
synapses follows. Weak stimuli to 3 of 20 synapses come 1 or 40 min before strong ones to 10.

    10 min h' = -h   10 min p' = -p + [all tags > 2]   5 min z' = p*[|h| > 0.2]*(sign(h) - z)
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, defaultclock, second

from bioplast.brian import PlasticSynapses

CELL = "dp/dt = (-p + int(tags > 2))/(600*second) : 1\ntags : 1"
SYNAPSE = """
dh/dt = -h/(600*second) : 1 (clock-driven)
dz/dt = p_post*(sign(h) - z)*is_tagged/(300*second) : 1 (clock-driven)
is_tagged = int(abs(h) > 0.2) : 1
tags_post = abs(h)*is_tagged : 1 (summed)
"""


def run(minutes_before):
    """Late phases over time (20, n_times), and the energies of capture and of caching."""
    defaultclock.dt = 1 * second
    weak, strong = np.divmod(np.arange(9), 3), np.divmod(np.arange(50), 10)  # pulse, a second each; synapse
    times = np.append(60 + weak[0], 60 * (1 + minutes_before) + strong[0]) * second
    source = SpikeGeneratorGroup(20, np.append(weak[1], 3 + strong[1]), times)
    cell = NeuronGroup(1, CELL, method="euler")
    every, rule = {"every": 60 * second}, "cache(0.35, 0.1, per=neuron)"
    options = {"on_pre": "h += 0.1", "weight": "z", "counts": 0.01, "method": "euler"}
    late = PlasticSynapses(source, cell, SYNAPSE, plasticity="plain", **options, **every)
    cached = PlasticSynapses(source, cell, "w : 1", proposals={"pre": "0.1"}, plasticity=rule, **every)
    late.connect()
    cached.connect()
    monitor = StateMonitor(late, "z", record=True, dt=60 * second)
    Network(source, cell, late, cached, monitor).run((minutes_before + 60) * 60 * second)
    return monitor.z, late.energy(), cached.energy()


def main(figure="tagging.png", minutes_before=(1, 40)):
    """Print what each costs, and draw the late phase of weakly and strongly stimulated synapses."""
    energies = {}
    for before, style in zip(minutes_before, ("-", "--"), strict=True):
        z, capture, cache = run(before)
        energies |= {f"capture, {before} min": capture, f"cache, {before} min": cache}
        print(f"{before} min between: capture {capture}, cache {cache}")
        plt.plot(z[0], f"C0{style}", label=f"weak, {before} min before")
        plt.plot(z[3], f"C1{style}", label="strong")
    plt.gca().set(xlabel="time (min)", ylabel="late phase z")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    return energies


if __name__ == "__main__":
    main()
