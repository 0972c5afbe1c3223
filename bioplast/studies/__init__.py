"""Studies: grids of runs carried out in parallel, stored, and made into figures."""

from bioplast.studies.study import run_experiment, run_experiments

__all__ = ["run_experiment", "run_experiments"]
