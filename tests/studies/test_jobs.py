from bioplast.studies.jobs import name_run
from bioplast.training.config import RunConfig


def test_name_run():
    config = RunConfig("ann", "largest(0.10)", seed=3, options={"slope": 0.1})
    assert name_run(config) == "ann, largest(0.1), slope=0.1, seed 3"
