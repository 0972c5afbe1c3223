"""What shapes the numbers of a network trained by backpropagation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Constants of a 785-N-10 network.

    Attributes
    ----------
    learning_rate : eta of ``input->hidden``
    learning_rate_output : eta of ``hidden->output``
    slope : slope of the hidden units' activation below zero
    error_slope : the same as the error sees it; more than ``slope`` lets silent units recover
    """

    learning_rate: float = 0.01
    learning_rate_output: float = 0.01
    slope: float = 0.0
    error_slope: float = 0.1
