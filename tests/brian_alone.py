"""Brian2's own synapses, told the same as ``PlasticSynapses``."""

import numpy as np
from brian2 import Synapses

from bioplast.brian import Proposal


class Alone(Synapses):
    """Brian2's own synapses, in whose code stands what ``PlasticSynapses`` are told as proposals."""

    def __init__(
        self,
        source,
        target,
        model,
        on_pre=None,
        on_post=None,
        *,
        proposals=None,
        bounds=None,
        weight="w",
        **others,
    ):
        for option in ("plasticity", "every", "unit", "counts"):
            others.pop(option, None)
        codes = [
            {} if not code else dict(code) if isinstance(code, dict) else {side: code}
            for side, code in (("pre", on_pre), ("post", on_post))
        ]
        if bounds is not None:
            others["namespace"] = {"lowest": bounds[0], "highest": bounds[1], **others.get("namespace", {})}
        for pathway, proposal in (proposals or {}).items():
            proposal = proposal if isinstance(proposal, Proposal) else Proposal(proposal)
            change = f"{weight} + ({proposal.change})"
            line = f"{weight} = {change if bounds is None else f'clip({change}, lowest, highest)'}"
            code = next((code for code in codes if pathway in code), codes[pathway == "post"])
            lines = [code.get(pathway, ""), line]
            code[pathway] = "\n".join(reversed(lines) if proposal.first else lines)
        super().__init__(source, target, model, on_pre=codes[0], on_post=codes[1], **others)

    m1 = property(lambda self: np.zeros(len(self)))
    energy = find_ledger = lambda self: None
