"""The rate network with cells of its own: their rate saturates at 1.

    tau dr/dt = -r + tanh(max(0, I))

The error passes the slope, 1 - tanh(I)^2 where I > 0, else error_slope.
"""

from dataclasses import dataclass, replace

from bioplast.models.rate import HIDDEN, RateNetwork

from bioplast.plasticity import Plasticity
from bioplast.sizes import Hidden

N_HIDDEN = 50
ANY_DEPTH = True

SATURATING = replace(
    HIDDEN,
    equations="""
    dr/dt = (tanh(clip(I, 0, inf)) - r)/tau : 1
    I : 1
    bias : 1 (constant)  # the drive of the last unit, which is always on
    error : 1
    activity = r : 1
    slope = (1 - tanh(I)**2)*int(I > 0) + error_slope*int(I <= 0) : 1
    """,
    events={**HIDDEN.events, "feedback": ("step == FEEDBACK", "error = error*slope")},
    always_on={"bias": 20},  # whose tanh is 1
)


@dataclass
class SaturatingNetwork(RateNetwork):
    """As ``RateNetwork``; the settings are the same."""

    sd_hidden: float = 0.1
    sd_output: float = 0.1

    name = "saturating"
    hidden = SATURATING


def make_network(
    *,
    n_pixels: int,
    n_classes: int,
    n_hidden: Hidden,
    plasticity: Plasticity,
    device: str,
) -> SaturatingNetwork:
    """The network as the command line asks for it."""
    return SaturatingNetwork(n_pixels, n_classes, n_hidden, plasticity, device)
