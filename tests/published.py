"""Ten models of plasticity that others have published, each in a small form, for whichever synapses.

Equations are written from the papers. Brian2 runs objects in the order of their names, so what draws random
numbers, or adds to the same variable, has a name of its own. ``make`` takes what ``PlasticSynapses`` take but
the declaration; a function gives the synapses and the other objects of the network.
"""

import numpy as np
from brian2 import (
    Hz,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    Synapses,
    TimedArray,
    linked_var,
    ms,
    mV,
    nS,
)

from bioplast.brian import Proposal

CONDUCTANCE = """
dv/dt = (-70*mV - v - g*v)/(10*ms) : volt (unless refractory)
dg/dt = -g/(5*ms) : 1
"""
PAIRS = """
w : 1
dpre_trace/dt = -pre_trace/(20*ms) : 1 (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : 1 (event-driven)
"""


def make_cells(n, equations=CONDUCTANCE, **options):
    options = {"threshold": "v > -54*mV", "reset": "v = -60*mV", "method": "euler", **options}
    cells = NeuronGroup(n, equations, refractory=2 * ms, **options)
    cells.v = -70 * mV
    return cells


def song(make):
    """Additive STDP of all pairs onto a cell; Song, Miller & Abbott 2000, doi:10.1038/78829."""
    inputs, cells = PoissonGroup(60, 40 * Hz, name="song_inputs"), make_cells(2)
    codes = {"on_pre": "g_post += w; pre_trace += 0.005", "on_post": "post_trace -= 0.00525"}
    proposals = {"pre": "post_trace", "post": "pre_trace"}
    synapses = make(inputs, cells, PAIRS, **codes, proposals=proposals, bounds=(0, 0.2))
    synapses.connect()
    synapses.w = "0.2*rand()"
    return synapses, [inputs, cells]


def clopath(make):
    """Voltage-based, with late voltages at spikes; Clopath et al. 2010, doi:10.1038/nn.2479."""
    late = """du_minus/dt = (v/mV - u_minus)/(10*ms) : 1
              du_plus/dt = (v/mV - u_plus)/(7*ms) : 1"""
    inputs, cells = PoissonGroup(30, 60 * Hz, name="clopath_inputs"), make_cells(4, CONDUCTANCE + late)
    cells.u_minus = cells.u_plus = -70
    model = "w : 1\ndx/dt = -x/(15*ms) : 1 (event-driven)"
    proposals = {
        "pre": "-0.0002*clip(u_minus_post + 68, 0, inf)",
        "post": "0.0004*x*clip(u_plus_post + 66, 0, inf)",
    }
    synapses = make(inputs, cells, model, on_pre="g_post += w; x += 1", proposals=proposals, bounds=(0, 0.4))
    synapses.connect()
    synapses.w = "0.1 + 0.2*rand()"
    return synapses, [inputs, cells]


def diehl_cook(make):
    """Traces that a spike sets, thresholds that adapt; Diehl & Cook 2015, doi:10.3389/fncom.2015.00099."""
    pixels = PoissonGroup(40, "5*Hz + 3*i*Hz", name="pixels")
    after = {"threshold": "v > theta - 60*mV", "reset": "v = -65*mV; theta += 1*mV"}
    cells = make_cells(6, CONDUCTANCE + "dtheta/dt = -theta/(1e7*ms) : volt", **after)
    model = """w : 1
               dx/dt = -x/(20*ms) : 1 (event-driven)
               dy/dt = -y/(20*ms) : 1 (event-driven)
               dz/dt = -z/(40*ms) : 1 (event-driven)"""
    proposals = {"pre": "-0.01*y", "post": "0.1*x*z"}
    codes = {"on_pre": "g_post += 0.3*w; x = 1", "on_post": {"post": "", "mark": "y = 1; z = 1"}}
    synapses = make(pixels, cells, model, **codes, proposals=proposals, bounds=(0, 1))
    synapses.mark.order = 1
    silence = Synapses(cells, cells, on_pre="v_post -= 3*mV")
    synapses.connect()
    silence.connect("i != j")
    synapses.w = "0.3*(rand() + 0.01)"
    return synapses, [pixels, cells, silence]


def kremer(make):
    """Barrels, connected within by chance; Kremer et al. 2011, doi:10.1523/JNEUROSCI.6541-10.2011."""
    whiskers = PoissonGroup(48, 50 * Hz, name="whiskers")
    equations = """dv/dt = (g - 70*mV - v)/(10*ms) : volt (unless refractory)
                   dg/dt = -g/(2*ms) : volt
                   dvt/dt = (-60*mV - vt)/(50*ms) : volt"""
    cells = make_cells(12, equations, threshold="v > vt", reset="v = -70*mV; vt += 2*mV")
    cells.vt = -60 * mV
    model = """w : volt
               dahead/dt = -ahead/(5*ms) : volt (event-driven)
               dbehind/dt = -behind/(25*ms) : volt (event-driven)"""
    codes = {"on_pre": "g_post += w; ahead += 0.4*mV", "on_post": "behind -= 0.3*mV"}
    proposals = {"pre": "behind", "post": "ahead"}
    synapses = make(
        whiskers, cells, model, **codes, proposals=proposals, bounds=(0 * mV, 15 * mV), unit=1 * mV
    )
    synapses.connect("i // 16 == j // 4", p=0.5)
    synapses.w = "15*mV*rand()"
    return synapses, [whiskers, cells]


def homeostasis(make):
    """Up at each spike before, down at each behind, as in Breitwieser's spike-based homeostasis."""
    steady = PoissonGroup(5, 60 * Hz, name="steady")
    varying = PoissonGroup(3, "30*Hz + 20*i*Hz", name="varying")
    cells = NeuronGroup(
        3,
        "dv/dt = -v/(10*ms) : 1 (unless refractory)",
        threshold="v > 1",
        reset="v = -1",
        refractory=1 * ms,
        method="euler",
    )
    proposals = {"pre": "0.05", "post": "-0.05"}
    codes = {"on_pre": "v_post += w", "name": "learning"}
    synapses = make(steady, cells, "w : 1", **codes, proposals=proposals, bounds=(0, 2))
    given = Synapses(varying, cells, on_pre="v_post += 1.2", name="given")
    synapses.connect()
    given.connect("i == j")
    return synapses, [steady, varying, cells, given]


def linked(make):
    """Inhibition by a population's rate, in a linked variable; Zenke et al. 2015, doi:10.1038/ncomms7922."""
    population = PoissonGroup(50, 8 * Hz, name="population")
    factor = NeuronGroup(1, "G = H - 5*Hz : Hz\ndH/dt = -H/(100*ms) : Hz", method="exact")
    gather = Synapses(population, factor, on_pre="H_post += 1/(100*ms*50)", name="gather")
    gather.connect()
    before, behind = PoissonGroup(10, 30 * Hz, name="before"), PoissonGroup(6, 30 * Hz, name="behind")
    model = """G : Hz (linked)
               wij : siemens
               dzi/dt = -zi/(20*ms) : 1 (event-driven)
               dzj/dt = -zj/(20*ms) : 1 (event-driven)"""
    codes = {"on_pre": "zi += 1", "on_post": "zj += 1", "weight": "wij", "unit": nS, "name": "zenke"}
    proposals = {"pre": "0.1*nS*second*G*zj", "post": "0.1*nS*second*G*(zi + 1)"}
    synapses = make(before, behind, model, **codes, proposals=proposals)
    synapses.connect()
    synapses.G = linked_var(factor, "G")
    return synapses, [population, factor, gather, before, behind]


def vogels(make):
    """Inhibition sends the weight it has just learned; Vogels et al. 2011, doi:10.1126/science.1211095."""
    cells = make_cells(5)
    drive = PoissonInput(cells, "g", N=100, rate=20 * Hz, weight=0.05)
    inputs = PoissonGroup(20, 30 * Hz, name="vogels_inputs")
    proposals = {"pre": Proposal("0.1*nS*(post_trace - 0.12)", first=True), "post": "0.1*nS*pre_trace"}
    codes = {"on_pre": "v_post -= 0.1*mV*(w/nS); pre_trace += 1", "on_post": "post_trace += 1"}
    model = PAIRS.replace("w : 1", "w : siemens")
    synapses = make(inputs, cells, model, **codes, proposals=proposals, bounds=(0 * nS, 10 * nS), unit=1 * nS)
    synapses.connect()
    synapses.w = "nS*rand()"
    return synapses, [cells, drive, inputs]


def powers(make):
    """Steps by powers of the weight; Guetig et al. 2003, doi:10.1523/JNEUROSCI.23-09-03697.2003."""
    inputs, cells = PoissonGroup(30, 40 * Hz, name="powers_inputs"), make_cells(4)
    proposals = {"pre": "-0.0525*w**mu*post_trace", "post": "0.05*(1 - w)**mu*pre_trace"}
    codes = {"on_pre": "g_post += 0.3*w; pre_trace += 1", "on_post": "post_trace += 1"}
    names = {"namespace": {"mu": 0.4}}
    synapses = make(inputs, cells, PAIRS, **codes, **names, proposals=proposals, bounds=(0, 1))
    synapses.connect()
    synapses.w = "0.3 + 0.4*rand()"
    return synapses, [inputs, cells]


def nearest(make):
    """Only the nearest spikes pair; Izhikevich & Desai 2003, doi:10.1162/089976603321891783."""
    inputs, cells = PoissonGroup(30, 40 * Hz, name="nearest_inputs"), make_cells(4)
    codes = {"on_pre": "g_post += w; pre_trace = 0.01", "on_post": "post_trace = -0.0075"}
    proposals = {"pre": "post_trace", "post": "pre_trace"}
    synapses = make(inputs, cells, PAIRS, **codes, proposals=proposals, delay={"pre": 3 * ms})
    synapses.connect()
    synapses.w = "0.25*rand()"
    return synapses, [inputs, cells]


def gated(make):
    """Recurrent, depressing while there is acetylcholine; Brzosko et al. 2017, doi:10.7554/eLife.27756."""
    equations = "dv/dt = (-58*mV - v)/(20*ms) + 6*mV*xi*(2/(20*ms))**0.5 : volt (unless refractory)"
    cells = make_cells(30, equations, name="gated_cells")
    names = {"namespace": {"ach": TimedArray(np.array([0.0, 1.0, 0.3]), dt=100 * ms)}}
    codes = {"on_pre": "v_post += w*mV; pre_trace += 0.1", "on_post": "post_trace += 0.1"}
    proposals = {"pre": "-ach(t)*post_trace", "post": "(1 - 2*ach(t))*pre_trace"}
    synapses = make(cells, cells, PAIRS, **codes, **names, proposals=proposals, bounds=(0, 1))
    synapses.connect("i != j", p=0.2)
    synapses.w = "0.5*rand()"
    synapses.pre.delay = "3*ms*rand()"
    return synapses, [cells]


# Each with the least change that ``cache`` consolidates in the test of it, in the unit of the weight.
MODELS = {
    song: 0.0309,
    clopath: 0.0609,
    diehl_cook: 0.1003,
    kremer: 0.503,
    homeostasis: 0.203,
    linked: 0.503,
    vogels: 0.203,
    powers: 0.309,
    nearest: 0.0609,
    gated: 0.309,
}
