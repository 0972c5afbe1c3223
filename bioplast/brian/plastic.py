"""One plastic variable of somebody's synapses: what of its changes is written, and the books of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Equations, Quantity, Synapses, second
from brian2.core.functions import Function
from brian2.equations.codestrings import Expression
from brian2.equations.equations import SingleEquation
from brian2.units.fundamentalunits import get_dimensions, have_same_dimensions
from brian2.utils.stringtools import get_identifiers

from bioplast.brian.additions import CELL_VARIABLES, Additions
from bioplast.brian.booking import make_book
from bioplast.brian.decisions import is_runtime
from bioplast.brian.drift import Drift
from bioplast.brian.fragment import make_float64, make_stored
from bioplast.brian.layout import Layout
from bioplast.brian.selection import make_draw_key, make_selection_functions
from bioplast.brian.weight import Weight
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Part
from bioplast.plasticity.projection import ProjectionView
from bioplast.randomness import make_key, make_rng

LAYERS = ("input->hidden", "hidden->output")  # what a layer may be, for rules that tell the two apart


@dataclass(frozen=True)
class Plastic:
    """A plastic variable.

    Attributes
    ----------
    title : whose it is, for error messages
    weight : the variable
    rules : what of a proposed change is written
    view : which projection the synapses are to rules that ask
    seed : of rules that draw
    chooses : whether synapses compete
    added : variables and code
    resolution : change that counts as a write of a weight that drifts, in SI units
    """

    title: str
    weight: Weight
    rules: Plasticity
    view: ProjectionView
    seed: int
    chooses: bool
    added: Additions
    resolution: float

    @classmethod
    def of(
        cls,
        title: str,
        model: Equations,
        dtype: Any,
        prefix: str,
        *,
        weight: str,
        plasticity: str | Plasticity | Part,
        unit: Quantity | None,
        bounds: Any,
        layer: str,
        seed: int,
        together: bool,
        counts: Any = None,
        reads_books: bool = False,
    ) -> Plastic:
        """The variable ``weight`` of ``model``; see ``PlasticSynapses``.

        ``reads_books`` says whether the model's own code does.

        Raises
        ------
        RequestError, DimensionMismatchError : as ``PlasticSynapses``
        """
        rules = _read(plasticity)
        rules.check_form("brian")
        size = Weight.of(title, model, weight, unit, bounds, dtype)
        if layer not in LAYERS:
            raise RequestError(f"{title}: layer must be {LAYERS[0]!r} or {LAYERS[1]!r}, got {layer!r}")
        is_readout = layer == LAYERS[1]
        view = ProjectionView.whole(layer, (1, 1), depth=int(is_readout), is_readout=is_readout)
        if rules.gate is not None:
            raise RequestError(
                f"{title}: {rules.gate.name} needs to know right answers, which synapses do not"
            )
        form = rules.selection.brian(view)
        if form.memory_per == "neuron":
            raise RequestError(f"{title}: {rules} has a memory in cells, for which synapses have no place")
        keeping = None if rules.consolidation is None else rules.consolidation.brian()
        chooses = form.competes or "draw_key" in get_identifiers(form.condition)
        at_once = not (chooses or together or (keeping is not None and keeping.crosses))
        has_path = rules.path is not None
        drift = None
        if size.drifts:
            at_once = False
            drift = Drift(counts is not None, counts if isinstance(counts, str) else "", has_path)
        apart = not (is_runtime() or reads_books)
        added = Additions(
            weight, size.size, form, keeping, at_once, size.bounds, has_path, prefix, drift, apart
        )
        made = cls(title, size, rules, view, seed, chooses, added, 0.0)
        return made if counts is None else replace(made, resolution=made.read_resolution(counts))

    def read_resolution(self, counts: Any) -> float:
        """The change that counts as a write, in SI units.

        Raises
        ------
        RequestError : the weight does not drift, a rule decides what is written, or it is not above 0
        DimensionMismatchError : it has another unit than the weight
        """
        if not self.weight.drifts:
            raise self._refuse("counts is for a weight that follows a differential equation")
        if str(self.rules) != "plain":
            raise self._refuse(f"counts says what a write is, and so does {self.rules}; give one of them")
        if isinstance(counts, str):
            return 0.0
        if not have_same_dimensions(counts, self.weight.size):
            raise DimensionMismatchError(
                f"{self.title}: counts is in another unit than the weight",
                get_dimensions(counts),
                self.weight.size.dim,
            )
        if not np.asarray(counts) > 0:
            raise self._refuse(f"counts must be a size above 0 or the text of a state, got {counts!r}")
        return float(np.asarray(counts))

    @property
    def needs_times(self) -> bool:
        """Whether there are decisions to make."""
        return bool(self.added.list_decisions(watched=False))

    @property
    def counts_synapses(self) -> bool:
        """Whether the rules need to know which synapses there are."""
        return self.chooses or self.rules.path is not None

    @property
    def meets(self) -> bool:
        """Whether what happens at one synapse depends on others."""
        keeping = self.added.keeping
        return self.chooses or (keeping is not None and bool(keeping.crosses))

    def check(self, cells: Any, every: Quantity | None) -> None:
        """Refuse what the target ``cells`` or the time between decisions do not let the rules do."""
        if every is None and self.weight.drifts:
            raise self._refuse(
                f"{self.weight.name!r} drifts: say at which times it is looked at, for instance every=100*ms"
            )
        if every is None and (self.needs_times or not self.added.at_once):
            raise self._refuse(f"{self.rules} needs times at which to decide, for instance every=100*ms")
        if every is not None and not have_same_dimensions(every, second):
            raise DimensionMismatchError(f"{self.title}: every is no time", get_dimensions(every), second.dim)
        asked = get_identifiers(f"{self.added.form.entry} {self.added.form.condition}")
        for variable in (name.removesuffix("_post") for name in CELL_VARIABLES if name in asked):
            if variable not in cells.variables:
                raise self._refuse(
                    f"{self.rules} needs the variable {variable!r}, which {cells.name!r} lacks"
                )

    def gate(self, model: Equations) -> Equations:
        """The model, in which off the path nothing drifts."""
        drift = self.added.drift
        if drift is None or not drift.has_path:
            return model
        equations = dict(model.items())
        gated = equations[self.weight.name]
        expression = Expression(f"({gated.expr.code})*int({self.added.name('plastic')})")
        equations[self.weight.name] = SingleEquation(
            gated.type, gated.varname, gated.dim, gated.var_type, expression, gated.flags
        )
        return Equations(list(equations.values()))

    def check_connectivity(self, layout: Layout | None) -> None:
        """Refuse synapses that the rules cannot count."""
        parts = [part for part in self.rules.parts if part.needs_units and part is not self.rules.path]
        if parts and not (layout is not None and layout.is_all_to_all):
            raise self._refuse(f"{parts[0].name} goes by whole units: connect all to all, by connect() alone")
        if layout is None and not is_runtime() and self.counts_synapses:
            raise self._refuse(
                f"{self.rules} counts synapses, and C++ standalone makes these only when it runs; "
                "connect(i=..., j=...)"
            )

    def make_functions(self, owner: str) -> dict[str, Function]:
        """What the added code calls, by name; ``owner`` is nobody else's name."""
        size, dtype, folder = self.weight.size, self.weight.dtype, FilePath(__file__).parent
        functions = {
            **make_selection_functions(owner, size, dtype, [str(folder)]),
            "book": make_book(
                *map(self.added.name, ("book", "m0", "m1")), is_often=bool(self.added.books_all)
            ),
            "draw_key": make_draw_key(make_key(self.seed, "selection")),
            "float64": make_float64(self.added.name("float64")),
            "stored": make_stored(dtype, guarded=True, name=self.added.name("stored")),
        }
        return {self.added.name(word): function for word, function in functions.items()}

    def set_parameters(self, synapses: Synapses, layout: Layout | None) -> None:
        """Tell the rules what they need to know of the synapses that there are now."""
        form, keeping = self.added.form, self.added.keeping
        # The first decision has number 0; compiled programs make one before anything has happened.
        values: dict[str, Any] = {"plastic": True, "trial": -1 if is_runtime() else -2}
        if layout is not None:
            path = self.rules.path
            if path is not None:
                n_hidden = len(synapses.source if self.view.is_readout else synapses.target)
                path.check_sizes({"hidden": n_hidden})
            view = self.view
            if synapses.source.name == synapses.target.name and not view.is_readout:
                view = replace(view, depth=1)  # whose paths begin and end at the same cells
            plastic = layout.place(path, view, make_rng(self.seed, "masks"))
            form = self.rules.selection.brian(replace(self.view, plastic=plastic))
            values["plastic"] = layout.take(plastic)
            values |= {word: layout.take(matrix) for word, matrix in form.constants.items()}
        for part in (form, keeping):
            if part is not None:
                scales = dict.fromkeys(part.in_weights, self.weight.unit)
                values |= {word: value * scales.get(word, 1) for word, value in part.parameters.items()}
        for word, bound in zip(("low", "high"), self.weight.bounds or (), strict=False):
            if not isinstance(bound, str):
                values[word] = bound
        if self.weight.drifts:
            values["resolution"] = self.resolution
        for word, value in values.items():
            setattr(synapses, f"{self.added.name(word)}_", value)

    def _refuse(self, reason: str) -> RequestError:
        return RequestError(f"{self.title}: {reason}")


def _read(plasticity: str | Plasticity | Part) -> Plasticity:
    if isinstance(plasticity, str):
        return Plasticity.parse(plasticity)
    return plasticity if isinstance(plasticity, Plasticity) else Plasticity.of(plasticity)
