"""One training loop for every network: train to a criterion, evaluate, record."""

from bioplast.training.config import RunConfig
from bioplast.training.record import Run, read_run, write_run
from bioplast.training.run import carry_out, set_up
from bioplast.training.trained import Trained, load_network

__all__ = ["Run", "RunConfig", "Trained", "carry_out", "load_network", "read_run", "set_up", "write_run"]
