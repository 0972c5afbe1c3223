"""The artificial network with two hidden layers and larger first weights."""

from bioplast.models.ann import Network

from bioplast.plasticity import Plasticity
from bioplast.sizes import Hidden

N_HIDDEN = (60, 40)  # unless --hidden says otherwise
ANY_DEPTH = True


def make_network(
    *,
    n_pixels: int,
    n_classes: int,
    n_hidden: Hidden,
    plasticity: Plasticity,
    device: str,
) -> Network:
    """The network; ``device`` is for those that run in Brian2."""
    return Network(
        n_pixels,
        n_classes,
        n_hidden,
        plasticity,
        sd_hidden=0.1,
        sd_output=0.1,
    )
