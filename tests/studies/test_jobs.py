from bioplast.studies.jobs import name_run
from bioplast.training.config import RunConfig


def test_name_run():
    assert name_run(RunConfig("ann", "largest(0.10)", seed=3)) == "ann, largest(0.1), seed 3"
