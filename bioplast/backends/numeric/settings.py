"""What shapes the numbers of a network trained by backpropagation."""

from __future__ import annotations

from dataclasses import dataclass

from bioplast.backends.numeric.activation import ACTIVATIONS, Activation
from bioplast.backends.numeric.loss import LOSSES, Loss
from bioplast.plasticity.checks import check_choice, check_not_negative


@dataclass(frozen=True)
class Settings:
    """Constants of a 784-N-10 network and what its books count.

    Attributes
    ----------
    learning_rate : eta of ``input->hidden``
    learning_rate_output : eta of ``hidden->output``
    activation : what hidden units make of their drive, a name in ``activation.ACTIVATIONS``
    loss : what is minimized, a name in ``loss.LOSSES``: ``"squared"`` error of linear outputs,
        ``"cross-entropy"`` of a softmax, ``"squared-logistic"`` error of logistic outputs
    slope : slope of the hidden units' activation below zero; logistic units have none
    error_slope : the same as the error sees it; more than ``slope`` lets silent units recover
    clamps_first : the first hidden unit is clamped to 1 and is the output's bias, which has no unit of
        its own then; the synapses onto it are changed and booked like all others
    books_proposals : a change is what was proposed, not what happened to the weight
    ranks_all : fractions are taken of all synapses of a layer, not of the plastic ones

    Raises
    ------
    RequestError : a learning rate below 0, an activation or loss that there is not
    """

    learning_rate: float = 0.01
    learning_rate_output: float = 0.01
    slope: float = 0.0
    error_slope: float = 0.1
    clamps_first: bool = False
    books_proposals: bool = False
    ranks_all: bool = False
    activation: str = "relu"
    loss: str = "squared"

    def __post_init__(self) -> None:
        check_not_negative(self, "learning_rate", "learning_rate_output")
        check_choice(self, "activation", self.activation, tuple(ACTIVATIONS))
        check_choice(self, "loss", self.loss, tuple(LOSSES))

    @property
    def unit(self) -> Activation:
        """What hidden units do."""
        return ACTIVATIONS[self.activation]

    @property
    def output(self) -> Loss:
        """What the error of the output is."""
        return LOSSES[self.loss]
