"""Digits sorted without a teacher: what it costs to learn them, and to keep the weights normalized.

Diehl & Cook 2015 (doi:10.3389/fncom.2015.00099): pixels fire at up to 64 Hz for 350 ms and rest for 150 ms. A
cell's spikes silence all others and raise its threshold. With traces x, y (20 ms) and z (40 ms) of spikes,
w -= 0.0001*y at a pixel's spike, w += 0.01*x*z at the cell's, and the sum onto a cell is 78 before an image.
"""

import matplotlib.pyplot as plt
from brian2 import Network, NeuronGroup, Synapses, TimedArray, defaultclock, ms, seed, set_device

from bioplast.brian import EnergyMonitor, PlasticSynapses
from bioplast.tasks import load_task

PIXEL = "dx/dt = -x/(20*ms) : 1\nstep = timestep(t, dt)%1000 : integer (shared)"
CELL = """dv/dt = (rest - v - ge*v + gi*(low - v))/tau : 1 (unless refractory)
dge/dt = -ge/ms : 1\ndgi/dt = -gi/(2*ms) : 1\ndy/dt = -y/(20*ms) : 1\ndz/dt = -z/(40*ms) : 1
dtheta/dt = -theta/(1e7*ms) : 1\nonto : 1\nfresh = timestep(t, dt)%1000 == 1 : boolean"""
AFTER = "v = -65; theta += 0.05; y = 1; z = 1"
CODE = {"on_pre": {"gather": "onto_post += w", "scale": "", "send": "ge_post += w"}, "bounds": (0, 1)}
CODE["proposals"] = {"scale": "w*(78/onto_post - 1)", "send": "-0.0001*y_post", "post": "0.01*x_pre*z_post"}
CODE["on_event"] = {"gather": "gather", "scale": "scale", "send": "spike", "post": "spike"}


def run(n_cells, n_images):
    """What had been spent by each image, (n_images,), and the energy."""
    seed(1)
    defaultclock.dt = 0.5 * ms
    light = TimedArray(load_task("mnist").train.pixels[:n_images] / 8000, dt=500 * ms)  # spikes a step
    how = {"events": {"gather": "step == 0", "scale": "step == 1"}, "namespace": {"light": light}}
    pixels = NeuronGroup(784, PIXEL, threshold="rand() < light(t, i)*int(step < 700)", reset="x = 1", **how)
    how = {"namespace": {"rest": -65, "low": -100, "tau": 100 * ms}, "refractory": 5 * ms, "method": "euler"}
    cells = NeuronGroup(n_cells, CELL, threshold="v > theta - 72", reset=AFTER, events={"go": "fresh"}, **how)
    cells.run_on_event("go", "onto = 0", when="resets")
    how |= {"namespace": {"rest": -60, "low": -85, "tau": 10 * ms}, "refractory": 2 * ms}
    others = NeuronGroup(n_cells, CELL, threshold="v > -40", reset="v = -45", **how)
    cells.v, cells.theta, others.v = -65, 20, -60
    learning = PlasticSynapses(pixels, cells, "w : 1", **CODE, plasticity="plain")
    excite, silence = Synapses(cells, others, on_pre="ge += 10.4"), Synapses(others, cells, on_pre="gi += 17")
    for synapses, pairs in ((learning, "True"), (excite, "i == j"), (silence, "i != j")):
        synapses.connect(pairs)
    learning.w = "0.3*(rand() + 0.01)"
    spent = EnergyMonitor(learning, dt=500 * ms)
    Network(pixels, cells, others, learning, excite, silence, spent).run(500 * n_images * ms)
    return spent.m1[0], learning.energy()


def main(figure="digits.png", n_cells=400, n_images=5000):
    """Print the energy, and draw how much had been spent by then."""
    spent, energy = run(n_cells, n_images)
    print(energy)
    plt.plot(spent)
    plt.gca().set(xlabel="images", ylabel=f"energy m1 (minimum: {energy.m1_min:.0f})")
    plt.savefig(figure)
    plt.close()
    return {"plain": energy}


if __name__ == "__main__":
    set_device("cpp_standalone")
    main()
