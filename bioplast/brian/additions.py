"""What a declaration adds to the model and to the code of somebody else's synapses.

The words of the rules' Brian2 forms become names that leave the model's own alone:

=====================  =======================================================================
``w``                  the weight, or ``w_consolidated`` where a consolidation keeps a transient
                       part; the model's own weight is then what acts, the sum of both
``transient``          ``w_transient``
``delta_w``            ``w_proposed``, what has been proposed since the last decision
``maintenance``        ``w_maintenance``
``m0``, ``m1``         themselves
all else               ``plasticity_`` and the word
=====================  =======================================================================

with the model's name of the weight for ``w``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from brian2 import Equations, Unit
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.equations.equations import SingleEquation
from brian2.utils.stringtools import get_identifiers
from numpy.typing import DTypeLike

from bioplast.brian.fragment import BOOKS, BOOKS_DTYPES, declare, make_booking, make_write
from bioplast.plasticity.forms import BrianForm, ConsolidationForm

OPENED, TRIAL = "plasticity_opened", "plasticity_trial"
CELL_VARIABLES = ("error_post", "activity_post")

_KEPT = {*DEFAULT_FUNCTIONS, *CELL_VARIABLES, "i", "j", "m0", "m1"}
_OWN = {
    "w_initial": "w_initial : 1",
    "opened": "opened : boolean (shared)  # whether the books are",
    "trial": "trial : integer (shared)  # number of the last decision",
    "low": "low : 1 (shared, constant)",
    "high": "high : 1 (shared, constant)",
}
_IN_WEIGHTS = {"m1", "transient", "maintenance", "delta_w", "w_initial", "low", "high"}


@dataclass(frozen=True)
class Additions:
    """Variables and code for synapses whose weight is ``weight``.

    Parameters
    ----------
    weight : name of the model's variable
    size : its SI unit
    form, keeping : the Brian2 forms of selection and consolidation
    at_once : whether a change is decided on where it is proposed, or with all others later
    bounded : whether the weight stays between two bounds
    """

    weight: str
    size: Unit
    form: BrianForm
    keeping: ConsolidationForm | None
    at_once: bool
    bounded: bool
    names: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        names = {
            "w": self.weight if self.keeping is None else f"{self.weight}_consolidated",
            "acting": self.weight,
            "transient": f"{self.weight}_transient",
            "maintenance": f"{self.weight}_maintenance",
            "w_initial": f"{self.weight}_initial",
            "trial_pre": TRIAL,
            "layer_number": "0",
        }
        if not self.at_once:
            names["delta_w"] = f"{self.weight}_proposed"
        object.__setattr__(self, "names", names)

    def name(self, word: str) -> str:
        """The name of what the forms call ``word``."""
        return word if word in _KEPT else self.names.get(word, f"plasticity_{word}")

    def rename(self, code: str) -> str:
        """Code of the forms in the names of the model."""
        names = {word: self.name(word) for word in get_identifiers(code)}  # `not` and the like are none
        return re.sub(r"\b[A-Za-z_]\w*\b", lambda match: names.get(match[0], match[0]), code)

    @cached_property
    def equations(self) -> Equations:
        """The variables to add to the model."""
        lines = [BOOKS, *declare(self.form, self.keeping), *_OWN.values()]
        if not self.at_once:
            lines.append("delta_w : 1")
        if self.keeping is not None:
            lines.append("w : 1")
        in_weights = _IN_WEIGHTS | {"w"} | set(self.form.in_weights)
        in_weights |= set(() if self.keeping is None else self.keeping.in_weights)
        return Equations(
            [
                SingleEquation(
                    equation.type,
                    self.name(equation.varname),
                    self.size.dim if equation.varname in in_weights else equation.dim,
                    var_type=equation.var_type,
                    flags=equation.flags,
                )
                for equation in Equations("\n".join(lines)).values()
            ]
        )

    def dtypes(self, weight: DTypeLike) -> dict[str, DTypeLike]:
        """Data types of the variables that are not Brian2's default, for a weight of the type ``weight``."""
        like_weight = {"w", "transient", "delta_w", "w_initial"}
        wanted = {**BOOKS_DTYPES, **dict.fromkeys(like_weight, weight)}
        dtypes = {self.name(word): dtype for word, dtype in wanted.items()}
        return {name: np.dtype(dtype).type for name, dtype in dtypes.items() if name in self.equations.names}

    def propose(self, change: str) -> str:
        """Code for a pathway that proposes ``change``, an expression of the model's."""
        proposed = f"({change})*int({self.name('plastic')})"
        if not self.at_once:
            return f"{self.name('delta_w')} += {proposed}"
        write = f"cutoff = {self.form.cutoff}\n{self._write(self.form.condition)}"
        return f"{self.name('delta_w')} = {proposed}\n{self.rename(write)}"

    @cached_property
    def decisions(self) -> tuple[str, ...]:
        """Code for all synapses, to be run one after the other at each decision."""
        steps = [] if self.at_once else [*self._decide()]
        if self.keeping is not None:
            steps[len(steps) :] = [f"{self.keeping.decay_step}\n{self._act}"]
        return tuple(self.rename(step) for step in steps)

    def _decide(self) -> Iterable[str]:
        yield "trial = trial + 1"
        if self.form.competes:
            yield self.form.entry
        if self.form.memory:
            # Compiled programs decide once more at t = 0, when there is nothing to learn from.
            memory = self.form.memory
            yield f"{memory} = {memory}*int(trial < 0) + ({self.form.memory_next})*int(trial >= 0)"
        write = f"cutoff = {self.form.cutoff}\nis_written = {self.form.condition}\n"
        yield f"{write}{self._write('is_written')}\ndelta_w = 0*delta_w"
        if self.keeping is not None and self.keeping.crosses:
            yield f"crossing = transient*int({self.keeping.crosses})\ncrossing = offer_to(crossing, j)"
            yield f"""largest_crossing = kth_largest_of(j, 1)
settles = largest_crossing > 0*largest_crossing
kept = transient
{self.keeping.consolidate}
transient = transient*int(settles) + kept*int(not settles)
change = change*int(settles)
{make_booking("change", bounded=self.bounded)}"""

    def _write(self, condition: str) -> str:
        return f"{make_write(condition, self.keeping, bounded=self.bounded)}\n{self._act}"

    @property
    def _act(self) -> str:
        return "" if self.keeping is None else f"acting = {self.acting}"

    @property
    def acting(self) -> str:
        """The weight as it acts, in the words of the forms."""
        acting = "w" if self.keeping is None else self.keeping.acting
        return f"stored(clip({acting}, low, high))" if self.bounded else f"stored({acting})"
