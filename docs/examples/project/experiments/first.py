"""What a bound on the weights saves, beside plain learning."""

from bioplast.analysis.cells import Cells
from bioplast.figures.panels import Panels, panel
from bioplast.figures.places import plot_places
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid

QUANTITIES = ["m0", "m1", "samples"]
FROM_ZERO = {"ylim": (0, None)}
PANELS = [panel(plot_places, quantity=name, settings=FROM_ZERO) for name in QUANTITIES]

STUDY = Study(
    grid=Grid(
        model="deep",
        task="stripes",
        rule=["plain", "bounded(0.2)", "bounded(0.1)"],
        max_samples=20_000,
        seeds=3,
    ),
    analyze=Cells(["rule"], QUANTITIES, ["test"]),
    plot=Panels([PANELS], height_mm=70, legend=None),
    caption="""
Learning {task} to {goal} with every change written, and with those alone that leave
a weight within bounds: energy, and samples seen. One marker a run, open where it did
not reach the goal; bars: medians. {seeds}. {missing}
""",
)
