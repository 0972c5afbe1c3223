"""From the ANN one step towards biology at a time, and what survives of the saving.

Each rung of the ladder changes one thing of the rung that it stands on. On every rung plain learning and
three restrictions, each with the settings that tuning chose for it, start from the same weights and see the
same trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import count_reached, say_seeds, stack, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns, spread_estimate
from bioplast.analysis.statistics import bound_savings, estimate_between, say_coverage
from bioplast.analysis.survival import compute_survival, say_survival
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Panels, panel
from bioplast.figures.rungs import plot_rungs
from bioplast.figures.style import BLACK, BLUE, GREEN, ORANGE, Look
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.studies.tuned import read_tuned
from bioplast.training.record import Run

PLAIN, LARGEST, FIXED, LOCAL = "plain", "largest changes", "fixed threshold", "threshold of its own"
KINDS = {PLAIN: "plain", LARGEST: "largest", FIXED: "above", LOCAL: "above per synapse"}  # as they were tuned


@dataclass(frozen=True)
class Rung:
    """A network on the ladder.

    Attributes
    ----------
    name : what is new on it
    model, options : the network, but for its learning rates
    base : name of the rung that it stands on
    tuned : the network of which settings are taken that were tuned: learning rates, fractions, thresholds
    per_neuron : kinds of restriction in which the synapses of a cell compete, or share a threshold; with any
        of them the rung has no others
    """

    name: str
    model: str
    options: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""
    tuned: str = "ann"
    per_neuron: tuple[str, ...] = ()

    def step(self, name: str, *, without: Sequence[str] = (), **changes: Any) -> Rung:
        """The rung that stands on this one: ``changes`` to it, some of them to its options."""
        own = {key: changes.pop(key) for key in ("model", "tuned", "per_neuron") if key in changes}
        options = {key: value for key, value in self.options.items() if key not in without}
        return replace(self, name=name, options=options | changes, base=self.name, **own)

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        """What is run on it, by the kind of restriction, as cells of a grid."""
        cells = {}
        for label in (PLAIN, *self.per_neuron) if self.per_neuron else KINDS:
            found = read_tuned(self.tuned, KINDS[label])
            rule = _confine(found.rule) if label in self.per_neuron else found.rule
            options = dict(sorted({**found.options, **self.options}.items()))
            cells[label] = {"model": self.model, "rule": str(Plasticity.parse(rule)), "options": options}
        return cells


@dataclass(frozen=True)
class Timed(Rung):
    """The recurrent network, which learns in time; single trials are too noisy for it without Adam."""

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        rules = {PLAIN: ADAM, LARGEST: f"{ADAM} + largest(0.1)"}
        return {
            label: {"model": self.model, "rule": str(Plasticity.parse(rule)), "options": {}}
            for label, rule in rules.items()
        }


ADAM = "adam(rate=0.0005)"


def _confine(rule: str) -> str:
    """The same rule with each cell for itself."""
    selection: Any = Plasticity.parse(rule).selection
    return str(Plasticity.of(replace(selection, per="neuron")))


ARTIFICIAL = Rung("artificial", "ann")
RATE = ARTIFICIAL.step("rate dynamics", model="rate")
SOFTMAX = RATE.step("softmax and cross-entropy", loss="cross-entropy")
# With the first weights of the rungs below no cell would ever come near a threshold.
WEIGHTS = SOFTMAX.step("first weights for a threshold", sd_hidden=0.12, sd_output=0.1)
PSI = WEIGHTS.step("pseudo-derivative", derivative="psi")
# Rate and time constant of a white pixel are 200 Hz and 20 ms: a spike that counts a quarter drives a cell as
# the pixel did before, so weights, learning rates and thresholds keep their unit. What else must change with
# spikes is the rate of a cell: it has a threshold now, where it was rectified at 0.
SPIKES = PSI.step(
    "spikes", model="spiking", without=("loss", "derivative"), spike_trains="regular", psp_input=0.25
)
POISSON = SPIKES.step("Poisson input, 200 Hz", without=("spike_trains",))
# In the unit of its weights, in which a spike counts 1 and first weights are four times smaller.
SETTINGS = POISSON.step("its own settings", without=("psp_input", "sd_hidden", "sd_output"), tuned="spiking")
NEURON = SETTINGS.step("each cell for itself", per_neuron=(LARGEST, LOCAL))
HZ_100 = SETTINGS.step("Poisson input, 100 Hz", p_input=0.1, psp_input=2.0)
HZ_50 = HZ_100.step("Poisson input, 50 Hz", p_input=0.05, psp_input=4.0)
# Without a pause a third of what the readout averages would be of the image before.
ONGOING = SETTINGS.step("trials without reset", reset=False, n_pause=50)
# Not on the rung before, on which no network learned as well as is asked for.
REFRACTORY = SETTINGS.step("refractory time", tau_refrac_ms=3.0)
COUNTED = REFRACTORY.step("spiking readout", readout="spikes")
RANDOM = REFRACTORY.step("random feedback", feedback="random")
LEARNED = REFRACTORY.step("learned feedback", feedback="learned")
SIGNED = LEARNED.step("one sign per cell, half inhibit", dale=True, excitatory=0.5)
MAJORITY = SIGNED.step("four of five cells excite", excitatory=0.8)
UNRELIABLE = LEARNED.step("unreliable release", release_probability=0.25)
IN_TIME = Timed("in time (cues)", "recurrent")

RUNGS: tuple[Rung, ...] = (
    *(ARTIFICIAL, RATE, SOFTMAX, WEIGHTS, PSI, SPIKES, POISSON, SETTINGS, NEURON, HZ_100, HZ_50),
    *(ONGOING, REFRACTORY, COUNTED, RANDOM, LEARNED, SIGNED, MAJORITY, UNRELIABLE, IN_TIME),
)
IMAGES = [rung for rung in RUNGS if not isinstance(rung, Timed)]
NAMES = [rung.name for rung in RUNGS]

HIDDEN, GOAL = 100, 0.92
LOOKS = dict(
    zip(KINDS, (Look(BLACK, "o"), Look(ORANGE, "s"), Look(BLUE, "^"), Look(GREEN, "D")), strict=True)
)
ENERGIES = ("m0", "m1")
SAVINGS = tuple(f"{name} saving" for name in ENERGIES)
CELLS = ["rung", "base", "label", "rule", "options"]
COLUMNS = name_columns(("m0", "m1", "samples", *SAVINGS))

CAPTION = """
From an artificial network towards biology, one step at a time: energy of plasticity until {goal_here} of a
validation set of MNIST, with plain learning and under three restrictions; {hidden_units} hidden units on
every rung; {cell_seeds}. Each rung changes one thing of the one it stands on, which is the one above it
unless said: {bases}. Restrictions have the settings tuned for 95 % on other seeds (bioplast run tuning), of
the artificial network down to Poisson input, of the spiking one from there on: learning rates, and
{restrictions}. On the rung where each cell is for itself, synapses of a cell compete, or share its threshold.

Spikes first come at even distances, then at random, a white pixel at 200 Hz; where it is slower each spike
counts more, so that the mean drive stays. Learned feedback is written where its partner is, and booked.
Unreliable: a spike releases at a synapse with p = 0.25. In time: recurrent spiking cells that count cues over
two seconds, with Adam in every synapse, to 93 % of 500 new trials.

a: weight writes M0. b, c: how many times less M0 and M1 (summed size of the changes, in the unit of each
network's weights) than plain learning on the same seed. One marker a run; bars: medians. Open: a run that
gave up, at what it had spent, and savings of which only a bound is known; none where both gave up.

Savings in M0 (with {interval}), of how many runs got there, and what part it is of the saving on the rung it
stands on: {sentences} {missing}
"""


def list_cells(rungs: Sequence[Rung], labels: Sequence[str] = tuple(KINDS)) -> list[dict[str, Any]]:
    """What is run on ``rungs``; those that differ in the restriction only share plain runs."""
    cells: list[dict[str, Any]] = []
    for rung in rungs:
        cells += [cell for label, cell in rung.cells.items() if label in labels and cell not in cells]
    return cells


GRID = [
    Grid(cells=list_cells(IMAGES), hidden=HIDDEN, goal=GOAL, max_samples=120_000, seeds=5),
    Grid(cells=list_cells([IN_TIME]), task="cues", hidden=100, goal=0.93, max_samples=16_000, seeds=5),
]
QUICK = Grid(
    cells=list_cells([ARTIFICIAL, RATE, SETTINGS], (PLAIN, LARGEST)),
    hidden=HIDDEN,
    goal=0.85,
    max_samples=20_000,
)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn: a row a run and rung (``kind`` run), and the medians of their cells.

    ``m0 saving`` and ``m1 saving`` say how many times less than plain learning on the same seed a restricted
    run took; ``known`` is false where one of the two gave up, and the saving is only a bound: of a run that
    gave up it is at most that, against a plain one that did at least. Medians take the bounds for what they
    are, and are empty where they are not known; two runs that both gave up say nothing of it.
    """
    frame = make_run_frame(runs)
    keys = [_identify(run.record | {"options": run.record["config"]["options"]}) for run in runs]
    parts = []
    for rung in RUNGS:
        labels = {_identify(cell): label for label, cell in rung.cells.items()}
        here = [key in labels for key in keys]
        names = [labels[key] for key in keys if key in labels]
        if PLAIN in names and len(set(names)) > 1:
            parts.append(frame[here].assign(rung=rung.name, base=rung.base or rung.name, label=names))
    frame = pd.concat(parts, ignore_index=True)
    is_plain = frame["label"] == PLAIN
    bounds = {}
    for name, saving in zip(ENERGIES, SAVINGS, strict=True):
        given = frame.assign(rule=frame["label"])
        found = bound_savings(given, name, baseline=PLAIN, pairs=("rung", "seed"))
        bounds[saving] = found.mask((found["least"] == 0) & (found["most"] == float("inf")))
        least, most = bounds[saving]["least"], bounds[saving]["most"]
        value = most.where(most < float("inf"), least.where(least > 0))
        frame[saving] = value.where(~is_plain)
        frame["known"] = (least == most) | is_plain
    data = with_medians(frame, CELLS, ["m0", "m1", "samples"]).reset_index(drop=True)
    for row in data.index[data["kind"] == "median"]:
        cell = (frame[CELLS] == data.loc[row, CELLS]).all(axis="columns")
        if data.loc[row, "label"] != PLAIN:
            for saving, known in bounds.items():
                estimate = estimate_between(known.loc[cell, "least"], known.loc[cell, "most"])
                for column, value in spread_estimate(saving, estimate).items():
                    data.loc[row, column] = value
    return stack([data], ["kind", *CELLS, "seed", "converged", "known", "n", "reached", *COLUMNS])


def _identify(cell: Mapping[str, Any]) -> tuple[object, ...]:
    """What tells cells apart."""
    return cell["model"], cell["rule"], frozenset(cell["options"].items())


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per rung and rule: how many runs got there, medians, and savings."""
    shown = [*CELLS, "reached", "samples", *ENERGIES, *name_columns(SAVINGS)]
    return count_reached(data, shown).dropna(axis="columns", how="all")


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    medians = data[data["kind"] == "median"]
    rungs = [rung for rung in RUNGS if rung.name in set(medians["rung"])]
    above = dict(zip(NAMES[1:], NAMES, strict=False))
    bases = [f"{one.name} on {one.base}" for one in rungs if one.base and above[one.name] != one.base]
    rules = {(rung.tuned, label): cell["rule"] for rung in rungs[:1] for label, cell in rung.cells.items()}
    rules |= {("spiking", label): cell["rule"] for label, cell in SETTINGS.cells.items()}
    survival = compute_survival(data, PLAIN, ARTIFICIAL.name)
    return {
        "hidden_units": str(HIDDEN),
        "goal_here": f"{100 * GOAL:g} %",
        "cell_seeds": say_seeds(medians),
        "bases": "; ".join(bases) or "none",
        "restrictions": "; ".join(
            f"{rule} ({model})" for (model, label), rule in rules.items() if label != PLAIN
        ),
        "interval": say_coverage(int(medians["n"].max())),
        "sentences": " ".join(say_survival(*pair) for pair in survival.groupby("rung", sort=False)),
    }


def headline(data: pd.DataFrame) -> str:
    """How much of the saving is left from rung to rung."""
    survival = compute_survival(data, PLAIN, ARTIFICIAL.name)
    first = survival[survival["rung"] == ARTIFICIAL.name].set_index("label")["saving"]
    label = LOCAL if LOCAL in first.index else LARGEST
    mine = survival[(survival["label"] == label) & (survival["base"] != survival["rung"])]
    if label not in first.index or pd.isna(first[label]) or mine.empty:
        return ""
    half = int((mine["left"] >= 0.5).sum())
    rule = "a threshold of its own in each synapse" if label == LOCAL else "writing the largest changes only"
    worst = mine.dropna(subset=["saving"]).sort_values("saving").head(1)
    least = "".join(f"; least is left with {row['rung']}, {row['saving']:.2g}" for _, row in worst.iterrows())
    least += " (one seed)" if data["n"].max() == 1 else ""
    return (
        f"With {rule} the artificial network writes {first[label]:.2g} times less, and on {half} of "
        f"{len(mine)} steps towards biology at least half of that is left{least}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Writes, and what restrictions save of writes and of size of changes; a row a rung."""
    rungs = list(dict.fromkeys(data["rung"]))
    labels = {"m0": name_axis("m0")}
    labels |= {
        f"{name} saving": f"Saving in ${name.upper()[0]}_{name[1]}$\n(times less than plain)"
        for name in ENERGIES
    }
    panels = [
        panel(plot_rungs, quantity=name, rungs=rungs, named=name == "m0", settings={"xlabel": label})
        for name, label in labels.items()
    ]
    return Panels([panels], height_mm=30 + 9 * len(rungs), looks=LOOKS)(data)


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    plot=plot,
    caption=CAPTION,
    headline=headline,
)
