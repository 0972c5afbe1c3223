"""``PlasticSynapses``: a declaration of what may change, and the books, on anyone's own Brian2 synapses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Equations, Quantity, Synapses, prefs, second
from brian2.core.namespace import get_local_namespace
from brian2.equations.equations import FLOAT
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units.fundamentalunits import get_dimensions, have_same_dimensions
from brian2.utils.stringtools import get_identifiers
from numpy.typing import NDArray

from bioplast.brian.additions import CELL_VARIABLES, OPENED, Additions
from bioplast.brian.decisions import Decision, is_runtime, make_clock
from bioplast.brian.fragment import make_float64, make_stored
from bioplast.brian.layout import Layout
from bioplast.brian.pathways import add_proposals
from bioplast.brian.selection import make_draw_key, make_selection_functions
from bioplast.brian.weight import Weight
from bioplast.energy import Books, Energy
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Part
from bioplast.plasticity.projection import ProjectionView
from bioplast.randomness import make_key, make_rng

_numbers = itertools.count()

_LAYERS = ("input->hidden", "hidden->output")  # what a layer may be, for rules that tell the two apart


class PlasticSynapses(Synapses):
    """Brian2 synapses of which a declaration decides what changes, with books of what did.

    Model, pathways, units and names stay as they are. The synapses get variables of their own: ``m0`` and
    ``m1``, which count writes and sum up the sizes of the changes in the unit of the weight, and those of
    ``bioplast.brian.additions``.

    Parameters
    ----------
    source, target, model, on_pre, on_post, others : as for ``Synapses``
    plasticity : a declaration or its text
    proposals : pathway to the change of the weight that it proposes, an expression in the unit of the
        weight, evaluated after the pathway's own code; without such a pathway ``pre`` and ``post`` are made
    weight : the variable that changes; nothing else may write to it
    unit : what the numbers of the declaration and of ``energy`` are in; needed if the weight has one
    every : time between two decisions, for rules that choose between synapses or that know time
    together : let proposals add up till the next decision, even if the rule could decide on each alone
    bounds : lowest and highest weight; where they are met, what really happened is booked
    layer : which of ``"input->hidden"`` and ``"hidden->output"`` the synapses are to rules that ask
    plasticity_seed : of the rules that draw

    Raises
    ------
    RequestError : no such weight or pathway, or a rule that these synapses cannot have
    DimensionMismatchError : a proposal, ``unit``, ``bounds`` or ``every`` with a wrong unit
    """

    def __init__(
        self,
        source: Any,
        target: Any = None,
        model: Any = None,
        on_pre: Any = None,
        on_post: Any = None,
        *,
        plasticity: str | Plasticity | Part,
        proposals: Mapping[str, str],
        weight: str = "w",
        unit: Quantity | None = None,
        every: Quantity | None = None,
        together: bool = False,
        bounds: tuple[Quantity | None, Quantity | None] | None = None,
        layer: str = _LAYERS[0],
        plasticity_seed: int = 0,
        namespace: Mapping[str, Any] | None = None,
        dtype: Any = None,
        name: str = "plasticsynapses*",
        **others: Any,
    ) -> None:
        self._title = f"PlasticSynapses {name.removesuffix('*')!r}"
        self._rules = _read(plasticity)
        self._rules.check_form("brian")
        self._seed = plasticity_seed
        self._view = ProjectionView.whole(
            layer, (1, 1), depth=int(layer == _LAYERS[1]), is_readout=layer == _LAYERS[1]
        )
        self._layout: Layout | None = None
        model = model if isinstance(model, Equations) else Equations(model or "")
        self._weight = Weight.of(self._title, model, weight, unit, bounds, dtype)
        if layer not in _LAYERS:
            raise self._refuse(f"layer must be {_LAYERS[0]!r} or {_LAYERS[1]!r}, got {layer!r}")
        form = self._rules.selection.brian(self._view)
        keeping = None if self._rules.consolidation is None else self._rules.consolidation.brian()
        self._chooses = form.competes or "draw_key" in get_identifiers(form.condition)
        self._added = Additions(
            weight,
            self._weight.size,
            form,
            keeping,
            at_once=not (self._chooses or together or (keeping is not None and keeping.crosses)),
            bounded=bounds is not None,
        )
        self._check_rules(source if target is None else target, every)
        if clashes := self._added.equations.names & model.names:
            raise self._refuse(f"the model's {min(clashes)!r} is a name that the rules and the books need")
        codes = add_proposals(self._title, (on_pre, on_post), proposals, weight, self._added.propose)
        Synapses.__init__(
            self,
            source,
            target,
            model + self._added.equations,
            on_pre=codes[0],
            on_post=codes[1],
            namespace={**(namespace or {}), **self._make_functions()},
            dtype=_by_name(model, dtype) | self._added.dtypes(self._weight.dtype),
            name=name,
            **others,
        )
        self._title = f"PlasticSynapses {self.name!r}"
        names = get_local_namespace(1)
        for pathway, change in proposals.items():
            self._check_proposal(pathway, change, names)
        if every is not None and self._added.decisions:
            clock = make_clock(self, every)
            for number, code in enumerate(self._added.decisions):
                self.contained_objects.append(Decision(self, code, every, clock, number))

    def connect(
        self,
        condition: Any = None,
        i: Any = None,
        j: Any = None,
        p: Any = 1.0,
        n: Any = 1,
        skip_if_invalid: bool = False,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """As ``Synapses.connect``.

        Raises
        ------
        RequestError : the rule goes by units, and these synapses do not reach all from all; or it counts
            synapses, and C++ standalone will know only in the running program which there are
        """
        new = Layout.foresee(condition, i, j, p, n, (len(self.source), len(self.target)))
        self._check_connectivity(new)
        Synapses.connect(self, condition, i, j, p, n, skip_if_invalid, namespace, level + 1)
        if is_runtime():
            new = Layout.of(self.i[:], self.j[:], len(self.source), len(self.target))
        elif new is not None and self._layout is not None:
            new = self._layout.join(new)
        self._layout = new
        for word, value in self._find_parameters().items():
            setattr(self, f"{self._added.name(word)}_", value)

    def before_run(self, run_namespace: Any) -> None:
        """Open the books, and take over weights that were set since the last run."""
        keeping = self._added.keeping
        meets = self._chooses or (keeping is not None and keeping.crosses)
        if meets and not is_runtime() and prefs.devices.cpp_standalone.openmp_threads > 0:
            raise self._refuse(f"{self._rules} lets synapses compete, for which OpenMP must be off")
        name, weight = self._added.name, self._weight.name
        setattr(self, name("w_initial"), f"{weight}*int(not {OPENED}) + {name('w_initial')}*int({OPENED})")
        if keeping is not None:
            is_set = f"({weight} != {self._added.rename(self._added.acting)})"
            for word, wanted in (("w", weight), ("transient", f"0*{weight}")):
                setattr(self, name(word), f"{wanted}*int{is_set} + {name(word)}*int(not {is_set})")
        setattr(self, OPENED, True)
        super().before_run(run_namespace)

    def energy(self) -> Energy:
        """What plasticity has cost since the first run began, in ``unit``.

        What is still transient counts as consolidated now, as when learning ends. In C++ standalone this can
        be asked once the program has run.

        Raises
        ------
        RequestError : they have not run yet
        """
        if not self._get(OPENED).all():
            raise self._refuse("the books are opened when the synapses first run, which they have not")
        names = [self._added.name(word) for word in ("w", "w_initial", "m0", "m1")]
        weights, initial, m0, m1 = (self._get(name) for name in names)
        books = Books(initial, m0, m1)
        if self._added.keeping is not None:
            books.maintenance = float(self._get(self._added.name("maintenance")).sum())
            settled = weights + self._get(self._added.name("transient"))
            if self._weight.bounds is not None:
                settled = np.clip(settled, *self._weight.bounds)
            books.record(weights, settled)
            weights = settled
        energy = books.balance(weights)
        parts = ("m1", "m1_min", "maintenance")
        return replace(energy, **{part: getattr(energy, part) / self._weight.unit for part in parts})

    def _get(self, name: str) -> NDArray[Any]:
        return np.array(self.variables[name].get_value())

    def _refuse(self, reason: str) -> RequestError:
        return RequestError(f"{self._title}: {reason}")

    def _check_rules(self, cells: Any, every: Quantity | None) -> None:
        if self._rules.gate is not None:
            raise self._refuse(f"{self._rules.gate.name} needs to know right answers, which synapses do not")
        if every is None and (self._added.decisions or not self._added.at_once):
            raise self._refuse(f"{self._rules} needs times at which to decide, for instance every=100*ms")
        if every is not None and not have_same_dimensions(every, second):
            raise DimensionMismatchError(
                f"{self._title}: every is no time", get_dimensions(every), second.dim
            )
        asked = get_identifiers(f"{self._added.form.entry} {self._added.form.condition}")
        for variable in (name.removesuffix("_post") for name in CELL_VARIABLES if name in asked):
            if variable not in cells.variables:
                raise self._refuse(
                    f"{self._rules} needs the variable {variable!r}, which {cells.name!r} lacks"
                )

    def _check_proposal(self, pathway: str, change: str, names: Mapping[str, Any]) -> None:
        try:
            variables = self.resolve_all(get_identifiers(change), names)
        except KeyError:
            return  # defined in the pathway's code or later on: Brian2 checks it when the run begins
        dimensions = parse_expression_dimensions(change, variables)
        if dimensions is not self._weight.size.dim:
            raise DimensionMismatchError(
                f"{self._title}: pathway {pathway!r} proposes {change!r} as change of {self._weight.name!r}",
                dimensions,
                self._weight.size.dim,
            )

    def _check_connectivity(self, layout: Layout | None) -> None:
        parts = [part for part in self._rules.parts if part.needs_units]
        if parts and not (layout is not None and layout.is_all_to_all):
            raise self._refuse(f"{parts[0].name} goes by whole units: connect all to all, by connect() alone")
        if layout is None and not is_runtime() and (self._chooses or self._rules.path is not None):
            raise self._refuse(
                f"{self._rules} counts synapses, and C++ standalone makes these only when it runs; "
                "connect(i=..., j=...)"
            )

    def _make_functions(self) -> dict[str, Any]:
        size, dtype, folder = self._weight.size, self._weight.dtype, FilePath(__file__).parent
        functions = {
            **make_selection_functions(f"plastic {next(_numbers)}", size, dtype, [str(folder)]),
            "draw_key": make_draw_key(make_key(self._seed, "selection")),
            "float64": make_float64(),
            "stored": make_stored(dtype, guarded=True),
        }
        return {self._added.name(word): function for word, function in functions.items()}

    def _find_parameters(self) -> dict[str, Any]:
        """What the rules need to know of the synapses that there are now, in SI units."""
        form, keeping = self._added.form, self._added.keeping
        # The first decision has number 0; compiled programs make one before anything has happened.
        values: dict[str, Any] = {"plastic": True, "trial": -1 if is_runtime() else -2}
        if self._layout is not None:
            path = self._rules.path
            if path is not None:
                n_hidden = len(self.source if self._view.is_readout else self.target)
                path.check_sizes({"hidden": n_hidden})
            plastic = self._layout.place(path, self._view, make_rng(self._seed, "masks"))
            form = self._rules.selection.brian(replace(self._view, plastic=plastic))
            values["plastic"] = self._layout.take(plastic)
            values |= {word: self._layout.take(matrix) for word, matrix in form.constants.items()}
        for part in (form, keeping):
            if part is not None:
                scales = dict.fromkeys(part.in_weights, self._weight.unit)
                values |= {word: value * scales.get(word, 1) for word, value in part.parameters.items()}
        if self._weight.bounds is not None:
            values["low"], values["high"] = self._weight.bounds
        return values


def _read(plasticity: str | Plasticity | Part) -> Plasticity:
    if isinstance(plasticity, str):
        return Plasticity.parse(plasticity)
    return plasticity if isinstance(plasticity, Plasticity) else Plasticity.of(plasticity)


def _by_name(model: Equations, dtype: Any) -> dict[str, Any]:
    """Data types as Brian2 takes them, by variable."""
    if dtype is None or isinstance(dtype, Mapping):
        return dict(dtype or {})
    return {equation.varname: dtype for equation in model.values() if equation.var_type == FLOAT}
