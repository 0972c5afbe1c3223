"""What a declaration adds to the model and to the code of somebody else's synapses.

The words of the rules' Brian2 forms become names that leave the model's own alone: the model's name of the
weight for the weight as it acts, and for all else ``plasticity_`` and the word. Where a consolidation keeps a
transient part, the forms' ``w`` is ``plasticity_consolidated`` and the weight that acts the sum of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from brian2 import Equations, Unit
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.equations.equations import SingleEquation
from brian2.utils.stringtools import get_identifiers
from numpy.typing import DTypeLike

from bioplast.brian.booking import PREFIX
from bioplast.brian.drift import DRIFT_VARIABLES, LOG, Drift
from bioplast.brian.fragment import BOOKS, BOOKS_DTYPES, COUNT, declare, make_booking, make_write
from bioplast.brian.weight import Bound
from bioplast.plasticity.forms import BrianForm, ConsolidationForm

CELL_VARIABLES = ("error_post", "activity_post")

_KEPT = {*DEFAULT_FUNCTIONS, *CELL_VARIABLES, "i", "j"}
_OWN = """
initial : 1                    # the weight when the books were opened
seen : 1                       # the weight as it was left here
external : 1                   # summed size of the changes that others made
opened : boolean (shared)      # whether the books are
trial : integer (shared)       # number of the last decision
"""
_IN_WEIGHTS = {"w", "transient", "delta_w", "initial", "seen", "left", "low", "high"}
_IN_WEIGHTS |= {"resolution", "m1", "external", "maintenance"}

# What others changed is in neither of the books: it moves the weight that they began with along. Where
# nothing was booked yet the new weight is the first, without the rounding of a difference.
_TAKE_OVER = """
unmoved = initial == known
external += abs(float64(w) - float64(known))
initial = w*int(unmoved) + stored(initial + (w - known))*int(not unmoved)
"""

_LOGGED = LOG.format(before="w_before", after="w")


@dataclass(frozen=True)
class Additions:
    """Variables and code for synapses whose weight is ``weight``.

    Parameters
    ----------
    weight : name of the model's variable
    size : its SI unit
    form, keeping : the Brian2 forms of selection and consolidation
    at_once : whether a change is decided on where it is proposed, or with all others later
    bounds : between which the weight stays, if any: SI values, or names of variables of the model
    has_path : whether some synapses may be off the path
    prefix : of all names
    drift : where the weight follows a differential equation, what of its drift counts as a write
    counts_apart : whether a function of compiled programs counts writes (``booking``), and not Brian2's code
    """

    weight: str
    size: Unit
    form: BrianForm
    keeping: ConsolidationForm | None
    at_once: bool
    bounds: tuple[Bound, Bound] | None
    has_path: bool
    prefix: str = PREFIX
    drift: Drift | None = None
    counts_apart: bool = False

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {
            "w": self.weight if self.keeping is None else f"{self.prefix}consolidated",
            "effective": self.weight,
            "trial_pre": f"{self.prefix}trial",
            "layer_number": "0",
        }
        if not self.at_once:
            names["delta_w"] = f"{self.prefix}proposed"
        bounds = zip(("low", "high"), self.bounds or (), strict=False)
        return names | {word: bound for word, bound in bounds if isinstance(bound, str)}

    def name(self, word: str) -> str:
        """The name of what the forms call ``word``."""
        return word if word in _KEPT else self._names.get(word, f"{self.prefix}{word}")

    def rename(self, code: str, logged: str = "") -> str:
        """Code of the forms in the names of the model.

        Where ``logged``, a condition of the model's, holds, a log is told of changes.
        """
        if self.counts_apart:
            code = code.replace(COUNT, "counted = book(w_before, w)")
        names = {word: self.name(word) for word in get_identifiers(code)}  # `not` and the like are none
        code = re.sub(r"\b[A-Za-z_]\w*\b", lambda match: names.get(match[0], match[0]), code)
        call = f"\n{self.name('told')} = {self.name('log_write')}(int({logged}), i, j, t, "
        return re.sub(r"\nlog: (.*)", lambda match: f"{call}{match[1]})" if logged else "", code)

    @cached_property
    def equations(self) -> Equations:
        """The variables to add to the model."""
        lines = [BOOKS, _OWN, *declare(self.form, self.keeping)]
        bounds = zip(("low", "high"), self.bounds or (), strict=False)
        lines += [f"{word} : 1 (shared, constant)" for word, bound in bounds if not isinstance(bound, str)]
        if not self.at_once:
            lines.append("delta_w : 1")
        if self.keeping is not None:
            lines.append("w : 1")
        if self.drift is not None:
            lines.append(DRIFT_VARIABLES)
        in_weights = _IN_WEIGHTS | set(self.form.in_weights)
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

    @property
    def aliases(self) -> dict[str, str]:
        """Short names by which Python, but no code, knows the variables that users ask for."""
        before, weight = "" if self.prefix == PREFIX else f"{self.weight}_", self.weight
        short = {f"{before}{word}": word for word in ("m0", "m1", "external", "maintenance")}
        short |= {f"{weight}_{word}": word for word in ("initial", "consolidated", "transient", "proposed")}
        names = {alias: f"{self.prefix}{word}" for alias, word in short.items()}
        return {alias: name for alias, name in names.items() if name in self.equations.names}

    def dtypes(self, weight: DTypeLike) -> dict[str, DTypeLike]:
        """Data types of the variables that are not Brian2's default, for a weight of the type ``weight``."""
        like_weight = {"w", "transient", "delta_w", "initial", "seen", "left"}
        # Half of what the books cost is the memory that they are read from.
        wanted = {
            **BOOKS_DTYPES,
            "m0": np.int32,
            "external": np.float64,
            **dict.fromkeys(like_weight, weight),
        }
        dtypes = {self.name(word): dtype for word, dtype in wanted.items()}
        return {name: np.dtype(dtype).type for name, dtype in dtypes.items() if name in self.equations.names}

    def propose(self, change: str, *, watched: bool, logged: str = "") -> str:
        """Code for a pathway that proposes ``change``, an expression of the model's.

        ``watched`` if others write to the weight too, and ``logged`` says of which synapses a log is told,
        here and in ``list_decisions``.
        """
        proposed = f"({change})*int({self.name('plastic')})" if self.has_path else change
        if not self.at_once:
            return f"{self.name('delta_w')} += {proposed}"
        before = f"{self.take_over}\n" if watched else ""
        write = f"cutoff = {self.form.cutoff}\n{self._write(self.form.condition, watched)}"
        if self._writes_all:
            write = self._write("", watched)
        return f"{self.rename(before)}{self.name('delta_w')} = {proposed}\n{self.rename(write, logged)}"

    def list_decisions(self, *, watched: bool, logged: str = "") -> tuple[str, ...]:
        """Code for all synapses, to be run one after the other at each decision."""
        if self.drift is not None and self.drift.counts:
            state = f"{self.name('state_next')} = {self.drift.state}\n" if self.drift.state else ""
            return (f"{state}{self.rename(self.drift.book, logged)}",)
        steps = [] if self.at_once else [*self._decide(watched)]
        if self.keeping is not None:
            steps[len(steps) :] = [f"{self.keeping.decay_step}\n{self._act(watched)}"]
        if self.drift is not None:
            steps.insert(0, self.drift.propose)
        elif watched and steps:
            steps.insert(0, f"{self.take_over}\nseen = effective")
        return tuple(self.rename(step, logged) for step in steps)

    def _decide(self, watched: bool) -> Iterable[str]:
        yield "trial = trial + 1"
        if self.form.competes:
            yield self.form.entry
        if self.form.memory and self.form.memory_per == "layer":
            # Compiled programs decide once more at t = 0, when there is nothing to learn from.
            memory = self.form.memory
            yield f"{memory} = {memory}*int(trial < 0) + ({self.form.memory_next})*int(trial >= 0)"
        write = f"cutoff = {self.form.cutoff}\nis_written = {self.form.condition}\n"
        yield f"{write}{self._write('is_written', watched)}\ndelta_w = 0*delta_w"
        if self.keeping is not None and self.keeping.crosses:
            yield f"crossing = transient*int({self.keeping.crosses})\ncrossing = compete_for(crossing, j)"
            yield f"""largest_crossing = kth_largest_of(j, 1)
settles = largest_crossing > 0*largest_crossing
kept = transient
{self.keeping.consolidate}
transient = transient*int(settles) + kept*int(not settles)
change = change*int(settles)
{make_booking("change", bounded=self.bounded)}{_LOGGED}"""

    @property
    def books_all(self) -> frozenset[str]:
        """The books, by their names, if each proposed change is entered in them at once."""
        is_all = self._writes_all and self.keeping is None and self.at_once
        return frozenset(self.name(word) for word in ("m0", "m1")) if is_all else frozenset()

    @property
    def _writes_all(self) -> bool:
        """Whether the form asks for changes of at least 0, which all are."""
        asks_for_size = (
            self.form.condition == "abs(delta_w) >= cutoff" and self.form.cutoff == "stored(theta)"
        )
        return asks_for_size and self.form.parameters == {"theta": 0}

    @property
    def take_over(self) -> str:
        """Code, in the words of the forms, that notices what others did to the weight since it was left."""
        if self.keeping is None:
            return f"known = seen{_TAKE_OVER}"
        # The transient part stays transient: what others change is the rest.
        changed = "w = stored(effective - transient)*int(effective != seen) + known*int(effective == seen)"
        return f"known = w\n{changed}{_TAKE_OVER}"

    def _write(self, condition: str, watched: bool) -> str:
        move = f"\n{self.form.memory} = {self.form.memory_next}" if self.form.memory_per == "synapse" else ""
        if self.drift is not None and self.keeping is None:
            return self.drift.write(condition, bounded=self.bounded) + move
        write = f"{make_write(condition, self.keeping, bounded=self.bounded)}{_LOGGED}"
        return f"{write}{move}\n{self._act(watched)}"

    def _act(self, watched: bool) -> str:
        act = "" if self.keeping is None else f"effective = {self.effective}"
        return f"{act}\nseen = effective" if watched or self.drift is not None else act

    @property
    def bounded(self) -> bool:
        """Whether the weight stays between two bounds."""
        return self.bounds is not None

    @property
    def effective(self) -> str:
        """The weight as it acts, in the words of the forms."""
        effective = "w" if self.keeping is None else self.keeping.effective
        return f"stored(clip({effective}, low, high))" if self.bounded else f"stored({effective})"
