"""Pair-based STDP in a small recurrent network: what it costs, and what a consolidation threshold saves.

80 excitatory and 20 inhibitory leaky integrate-and-fire cells (membrane 20 ms, threshold -50 mV, reset
-60 mV, refractory 3 ms) with conductance synapses (decay 5 and 10 ms, reversal 0 and -80 mV) are connected
at random with probability 0.2 and driven by Poisson spikes. The excitatory synapses between excitatory
cells learn by pair-based STDP: a spike pair of the distance d changes the conductance w by

    dw = +A exp(-d / 20 ms)  if the presynaptic cell fired first,  -1.05 A exp(-d / 20 ms)  if it fired last,

between 0 and 1 nS. Each change is proposed where it arises, at a spike. Three declarations decide what is
written: all of it; what has built up to 0.05 nS, the rest being transient and lost within seconds; and of
what is proposed within 100 ms only the largest tenth, built up in the same way.

    python docs/examples/stdp.py [--seconds 5] [--figure stdp.png]
"""

from __future__ import annotations

import argparse

import numpy as np
from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonInput,
    SpikeMonitor,
    Synapses,
    defaultclock,
    ms,
    mV,
    nS,
    second,
    seed,
)

from bioplast.brian import PlasticSynapses
from bioplast.energy import Energy

CELLS = """
dv/dt = (v_rest - v + (g_exc*(0*mV - v) + g_inh*(-80*mV - v))/(10*nS))/(20*ms) : volt (unless refractory)
dg_exc/dt = -g_exc/(5*ms) : siemens
dg_inh/dt = -g_inh/(10*ms) : siemens
v_rest : volt (shared, constant)
"""

STDP = """
w : siemens
dpre_trace/dt = -pre_trace/(20*ms) : siemens (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : siemens (event-driven)
"""

RULES = ("plain", "cache(0.05, 0.02)", "largest(0.1) + cache(0.05, 0.02)")


def run_network(rule: str, seconds: float) -> tuple[Energy, np.ndarray, float]:
    """Energy in nS, final weights in nS, and firing rate in Hz."""
    seed(1)
    rng = np.random.default_rng(1)
    defaultclock.dt = 0.5 * ms
    cells = NeuronGroup(
        100, CELLS, threshold="v > -50*mV", reset="v = -60*mV", refractory=3 * ms, method="euler"
    )
    cells.v_rest = -70 * mV
    cells.v = "-70*mV + 20*mV*rand()"
    drive = PoissonInput(cells, "g_exc", N=100, rate=12 * Hz, weight=0.6 * nS)
    excitatory, inhibitory = cells[:80], cells[80:]

    plastic = PlasticSynapses(
        excitatory,
        excitatory,
        STDP,
        on_pre="g_exc_post += w; pre_trace += 0.01*nS",
        on_post="post_trace -= 0.0105*nS",
        plasticity=rule,
        proposals={"pre": "post_trace", "post": "pre_trace"},
        unit=nS,
        every=100 * ms,
        bounds=(0 * nS, 1 * nS),
    )
    pairs = np.argwhere((rng.random((80, 80)) < 0.2) & ~np.eye(80, dtype=bool))
    plastic.connect(i=pairs[:, 0], j=pairs[:, 1])
    plastic.w = 0.5 * nS
    onto_inhibition = Synapses(excitatory, inhibitory, on_pre="g_exc_post += 0.5*nS")
    onto_inhibition.connect(p=0.2)
    inhibition = Synapses(inhibitory, cells, on_pre="g_inh_post += 2*nS")
    inhibition.connect(p=0.2)

    spikes = SpikeMonitor(cells, record=False)
    Network(cells, drive, plastic, onto_inhibition, inhibition, spikes).run(seconds * second)
    return plastic.energy(), plastic.w / nS, spikes.num_spikes / 100 / seconds


def main(arguments: list[str] | None = None) -> dict[str, Energy]:
    """Run all rules, print the table, and draw the weights."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--figure", help="file for a histogram of the weights")
    options = parser.parse_args(arguments)
    results = {rule: run_network(rule, options.seconds) for rule in RULES}

    print(f"{'rule':34} {'Hz':>5} {'m0':>8} {'m1/nS':>8} {'m1/min':>7} {'maintenance/nS':>15}")
    for rule, (energy, _, rate) in results.items():
        ratio = energy.inefficiency_m1 or np.nan
        print(f"{rule:34} {rate:5.1f} {energy.m0:8} {energy.m1:8.1f} {ratio:7.1f} {energy.maintenance:15.2f}")
    if options.figure:
        plot_weights({rule: weights for rule, (_, weights, _) in results.items()}, options.figure)
    return {rule: energy for rule, (energy, _, _) in results.items()}


def plot_weights(weights: dict[str, np.ndarray], path: str) -> None:
    """One histogram for each rule."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(3.5, 2.5), layout="constrained")
    for rule, values in weights.items():
        ax.hist(values, bins=np.linspace(0, 1, 41), histtype="step", label=rule)
    ax.set(xlabel="weight (nS)", ylabel="synapses")
    ax.legend(fontsize=7)
    figure.savefig(path, dpi=200)
    plt.close(figure)


if __name__ == "__main__":
    main()
