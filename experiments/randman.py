"""Spike latencies on random manifolds: what a recurrent network writes to tell ten classes apart."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.fronts import compare_rules, describe_rules, find_frugal, tabulate_rules
from bioplast.figures.fronts import plot_fronts
from bioplast.figures.style import make_looks
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.tasks.randman import Randman
from bioplast.training.record import Run

# A spike is a current of 5 ms; a cell is set to zero by its own and does not adapt; an error at every step.
OPTIONS = {
    "adaptive": 0.0,
    "answer": "steps",
    "gamma": 1.0,
    "rate_cost": 0.0,
    "refractory": 1,
    "reset": "zero",
    "tau_m": 10.0,
    "tau_syn": 5.0,
    "v_thresh": 1.0,
    "weight_input": 20.0,
    "weight_recurrent": 2.0,
}
MODEL, ADAM = "recurrent", "adam(rate=0.002)"
SELECTIONS = ("largest(0.1)", "largest(0.03)")
RULES = (ADAM, *(f"{ADAM} + {selection}" for selection in SELECTIONS))
FEEDBACKS = ("symmetric", "random")
ALL = "all written"
GOAL, HIGH_GOAL = 0.975, 0.99
HIGH = f"symmetric: {ALL}, to {HIGH_GOAL:.0%}"  # how good it gets
LABELS = [*(f"{feedback}: {label}" for feedback in FEEDBACKS for label in (ALL, *SELECTIONS)), HIGH]
BASELINES = {f"{feedback}: {label}": f"{feedback}: {ALL}" for feedback in FEEDBACKS for label in SELECTIONS}
CELLS = [{"options": {**OPTIONS, "feedback": feedback}} for feedback in FEEDBACKS]
TASKS = [str(Randman(seed=seed)) for seed in range(1, 6)]
COMMON: Settings = {"model": MODEL, "hidden": 100, "task": TASKS}
GRID = [
    Grid(cells=CELLS, rule=RULES, goal=GOAL, max_samples=80_000, **COMMON),
    Grid(cells=CELLS[:1], rule=ADAM, goal=HIGH_GOAL, max_samples=160_000, **COMMON),
]
QUICK = Grid(cells=CELLS[:1], model=MODEL, rule=RULES, hidden=100, task=TASKS[0], goal=0.6, max_samples=4000)

CAPTION = """
Ten classes of spike latencies on smooth random manifolds (randman): 20 inputs that spike once in 50 ms,
{hidden} spiking cells that reach each other, e-prop with symmetric or random feedback, one trial at a time,
to {goal} on 1,000 validation trials (the higher goal with all changes written only); chance 10 %, a linear
readout of latencies 41 to 48 %. Adam in every synapse; books count writes of weights only. n = {n} seeds on
each of five sets of manifolds.

a, b, c: online accuracy against trials, writes (M0) and summed size of the changes (M1), a line a run; open
markers gave up. Broken line: the goal.

d: how many times less than with all changes written, same seed; bars: medians. {saved} {tested} {missing}
"""


def name_run(run: Run) -> str:
    """The label of a run."""
    if run.record["goal"] == HIGH_GOAL:
        return HIGH
    feedback = run.record["config"]["options"]["feedback"]
    return f"{feedback}: {run.record['rule'].partition(' + ')[2] or ALL}"


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: see ``bioplast.analysis.fronts.compare_rules``."""
    return compare_rules(runs, [name_run(run) for run in runs], BASELINES)


def headline(data: pd.DataFrame) -> str:
    """How right it gets, and how many writes the rule saves that needs fewest trials of the frugal ones."""
    best = find_frugal(data, BASELINES)
    ends = data[(data["panel"] == "end") & (data["label"] == HIGH)]
    tests = ends.loc[ends["converged"].astype(bool), "test"].astype(float)
    said = (
        [f"Told apart by spike times: {tests.min():.1%} right, or more, of new trials"] if len(tests) else []
    )
    if best is not None:
        said.append(
            f"{best.name.partition(': ')[2]} writes {best['m0']:.3g} times less "
            f"in {1 / best['samples']:.2g} times the trials"
        )
    return "; ".join(said)


def plot(data: pd.DataFrame) -> Figure:
    """Accuracy against trials, writes and size of changes, and savings at the goal."""
    return plot_fronts(data, make_looks(LABELS), goal=GOAL)


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate_rules,
    describe=describe_rules,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
