"""Constants of a recurrent network of spiking cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.plasticity.checks import (
    check_choice,
    check_count,
    check_not_negative,
    check_positive,
    check_probability,
)

FEEDBACKS = ("random", "symmetric")
RESETS = ("subtract", "zero")
ANSWERS = ("mean", "steps")


@dataclass(frozen=True)
class Cells:
    """Cells, readout and learning; times in ms, of which a step takes one.

    Attributes
    ----------
    tau_m, tau_out, tau_a : time constants of membrane, readout and adaptation
    tau_syn : time constant of synaptic currents; 0 where a spike steps the membrane itself
    v_thresh : threshold of a cell that has not fired
    refractory : least number of steps from one spike to the next, at least 1
    reset : ``"subtract"`` the threshold from the membrane after a spike, or set it to ``"zero"``
    gamma : height of the pseudo-derivative, in units of 1 / v_thresh
    adaptive : share of the cells whose threshold rises when they fire; the last ones
    beta : rise of the threshold, in units of (1 - rho) / (1 - alpha)
    learning_rate : eta of all layers
    feedback : ``"random"`` weights, or the readout's own (``"symmetric"``), bring errors to the cells
    feedback_sd : standard deviation of random feedback
    answer : an error of the ``"mean"`` readout, or of the readout at each of the ``"steps"``
    rate_hz, rate_cost : firing rate that cells are drawn to, and how strongly
    weight_input, weight_recurrent, weight_output : standard deviation of first weights, times the root of the
        number of presynaptic units

    Raises
    ------
    RequestError : a value that is not allowed
    """

    tau_m: float = 20.0
    tau_out: float = 20.0
    tau_a: float = 2000.0
    tau_syn: float = 0.0
    v_thresh: float = 0.6
    refractory: int = 5
    reset: str = "subtract"
    gamma: float = 0.3
    adaptive: float = 0.5
    beta: float = 1.7
    learning_rate: float = 0.001
    feedback: str = "random"
    feedback_sd: float = 1.0
    answer: str = "mean"
    rate_hz: float = 10.0
    rate_cost: float = 1.0
    weight_input: float = 1.0
    weight_recurrent: float = 1.0
    weight_output: float = 1.0

    def __post_init__(self) -> None:
        for name in ("tau_m", "tau_out", "tau_a", "v_thresh", "gamma"):
            check_positive(self, name, getattr(self, name))
        check_count(self, "refractory", self.refractory)
        check_choice(self, "reset", self.reset, RESETS)
        check_probability(self, "adaptive", self.adaptive)
        check_not_negative(self, "tau_syn", "beta", "rate_hz", "rate_cost")
        check_learning(self)

    def make_constants(self, dtype: np.dtype[Any]) -> Constants:
        """What each step of a trial needs, in the dtype of the weights."""
        alpha, rho, kappa = exp(-1 / self.tau_m), exp(-1 / self.tau_a), exp(-1 / self.tau_out)
        values = Constants(
            alpha=alpha,
            alpha_syn=exp(-1 / self.tau_syn) if self.tau_syn else 0.0,
            gain=1 - alpha if self.tau_syn else 1.0,
            rho=rho,
            kappa=kappa,
            v_thresh=self.v_thresh,
            subtracted=self.v_thresh if self.reset == "subtract" else 0.0,
            zeroed=1.0 if self.reset == "zero" else 0.0,
            height=self.gamma / self.v_thresh,
            refractory=float(self.refractory),
            learning_rate=self.learning_rate,
            one=1.0,
            zero=0.0,
            tiny=find_tiny(dtype),
        )
        return Constants(*(dtype.type(value) for value in values))

    def make_beta(self, n_cells: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """(n_cells,) how much the threshold of each cell rises."""
        alpha, rho = exp(-1 / self.tau_m), exp(-1 / self.tau_a)
        beta = np.zeros(n_cells, dtype)
        beta[n_cells - round(self.adaptive * n_cells) :] = self.beta * (1 - rho) / (1 - alpha)
        return beta


def check_learning(cells: Any) -> None:
    """Raise ``RequestError`` for what is not allowed of the constants that all cells have."""
    check_choice(cells, "feedback", cells.feedback, FEEDBACKS)
    check_choice(cells, "answer", cells.answer, ANSWERS)
    check_not_negative(cells, "learning_rate", "feedback_sd")
    check_not_negative(cells, "weight_input", "weight_recurrent", "weight_output")


def find_tiny(dtype: np.dtype[Any]) -> Any:
    """A number that is nothing beside any change, and still a normal one in ``dtype``."""
    return np.sqrt(np.finfo(dtype).tiny) * np.finfo(dtype).eps


class Constants(NamedTuple):
    """``Cells`` as a step of a trial uses them.

    Attributes
    ----------
    alpha, alpha_syn, rho, kappa : what is left of membrane, current, adaptation and readout after a step
    gain : of the current onto the membrane
    subtracted, zeroed : what a spike takes from the membrane, and which part of it
    height : of the pseudo-derivative
    tiny : what is smaller counts as nothing on the way back, before it gets so small that arithmetic is slow
    """

    alpha: Any
    alpha_syn: Any
    gain: Any
    rho: Any
    kappa: Any
    v_thresh: Any
    subtracted: Any
    zeroed: Any
    height: Any
    refractory: Any
    learning_rate: Any
    one: Any
    zero: Any
    tiny: Any
