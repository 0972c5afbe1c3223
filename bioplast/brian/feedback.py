"""Through which weights the output's error goes back to hidden cells.

==============  ===========================  =========================================================
``symmetric``   w_jk                         the output synapses themselves, as in backpropagation
``random``      B_jk                         fixed and random: feedback alignment (Lillicrap et al. 2016,
                                             doi:10.1038/ncomms13276)
``sign``        abs(B_jk) sign(w_jk)         of the output synapses only the sign (Liao et al. 2016,
                                             doi:10.1609/aaai.v30i1.10279)
==============  ===========================  =========================================================

B is drawn once a run from N(0, ``sd_feedback``) and never learned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bioplast.randomness import make_rng

FEEDBACKS = {"symmetric": "acting", "random": "B", "sign": "abs(B)*sign(acting)"}
FEEDBACK_EQUATIONS = "B : 1 (constant)  # feedback weight\n"


def draw_feedback(seed: int, shape: tuple[int, ...], sd: float) -> NDArray[np.float32]:
    """B of a run, (n_hidden + 1, n_classes)."""
    return make_rng(seed, "feedback").standard_normal(shape, np.float32) * np.float32(sd)
