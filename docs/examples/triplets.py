"""What STDP by triplets of spikes costs at each frequency, and how much of it lasts.

Pfister & Gerstner 2006 (doi:10.1523/JNEUROSCI.1425-06.2006), minimal model of the visual cortex: traces r1
(16.8 ms), o1 (33.7 ms) and o2 (114 ms) grow by 1 at a spike, r1 at a presynaptic one, and

    w -= 7.1e-3*o1         at a presynaptic spike
    w += 6.5e-3*r1*o2      at a postsynaptic spike, with o2 from before it

60 pairs 10 ms apart are shown at frequencies between 1 and 50 Hz, in either order (Sjöström et al. 2001).
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Network, SpikeGeneratorGroup, defaultclock, ms

from bioplast.brian import PlasticSynapses, Proposal

SYNAPSE = """
w : 1
dr1/dt = -r1/(16.8*ms) : 1 (event-driven)
do1/dt = -o1/(33.7*ms) : 1 (event-driven)
do2/dt = -o2/(114*ms) : 1 (event-driven)
"""
PROPOSALS = {"pre": "-7.1e-3*o1", "post": Proposal("6.5e-3*r1*o2", first=True)}


def run(rule, frequencies, n_pairs):
    """Net change and cost (2, n_frequencies), with the postsynaptic cell last or first, and the energy."""
    defaultclock.dt = 0.1 * ms
    cells = np.tile(np.arange(2 * len(frequencies)), (n_pairs, 1))
    onset = 50 + 1000 * np.arange(n_pairs)[:, None] / np.tile(frequencies, 2)
    is_later = np.repeat([0, 10], len(frequencies))  # ms, by which the presynaptic spike waits
    times = (np.round(when, 1).ravel() * ms for when in (onset + is_later, onset + 10 - is_later))
    sources, goals = (SpikeGeneratorGroup(cells.shape[1], cells.ravel(), when) for when in times)
    codes = {"on_pre": "r1 += 1", "on_post": "o1 += 1; o2 += 1"}
    synapses = PlasticSynapses(sources, goals, SYNAPSE, **codes, plasticity=rule, proposals=PROPOSALS)
    synapses.connect(i=cells[0], j=cells[0])
    Network(sources, goals, synapses).run((onset.max() + 200) * ms)
    return synapses.w[:].reshape(2, -1), synapses.m1[:].reshape(2, -1), synapses.energy()


def main(figure="triplets.png", frequencies=(1, 5, 10, 20, 30, 40, 50), n_pairs=60):
    """Print and draw net changes and costs."""
    net, m1, energy = run("plain", np.array(frequencies), n_pairs)
    for name, style, changes, costs in zip(("pre first", "post first"), ("o-", "s--"), net, m1, strict=True):
        print(name, *(f"{f} Hz {w:+.2f};" for f, w in zip(frequencies, changes, strict=True)))
        plt.plot(frequencies, changes, f"C0{style}", label=f"net change, {name}")
        plt.plot(frequencies, costs, f"C1{style}", label=f"energy m1, {name}")
    plt.gca().set(xlabel="frequency (Hz)", ylabel="change of the weight")
    plt.legend()
    plt.savefig(figure)
    plt.close()
    print(energy)
    return {"plain": energy}


if __name__ == "__main__":
    main()
