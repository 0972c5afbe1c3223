"""``PlasticSynapses``: a declaration of what may change, and the books, on anyone's own Brian2 synapses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from brian2 import DimensionMismatchError, Equations, Quantity, Synapses, get_device, prefs
from brian2.core.namespace import get_local_namespace
from brian2.equations.equations import FLOAT
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.utils.stringtools import get_identifiers

from bioplast.brian.additions import PREFIX
from bioplast.brian.decisions import Decision, is_runtime, make_clock
from bioplast.brian.layout import Layout
from bioplast.brian.ledger import Ledger
from bioplast.brian.outsiders import has_outsiders
from bioplast.brian.pathways import Pathways, Proposal
from bioplast.brian.plastic import LAYERS, Plastic
from bioplast.energy import Energy
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Part

_numbers = itertools.count()


class PlasticSynapses(Synapses):
    """Brian2 synapses of which a declaration decides what changes, with books of what did.

    Model, pathways, units and names stay as they are. The synapses get variables of their own, whose names
    begin with ``plasticity_``. ``m0`` and ``m1``, which count writes and sum up the sizes of the changes in
    the unit of the weight, are also attributes by these names.

    Parameters
    ----------
    source, target, model, on_pre, on_post, others : as for ``Synapses``
    plasticity : a declaration or its text
    proposals : pathway to the change of the weight that it proposes, an expression in the unit of the
        weight, evaluated after the pathway's own code, or a ``Proposal``, which may come first; where a side
        has no pathway, ``pre`` or ``post`` is made
    weight : the variable that changes; what others write to it is booked apart, as ``external``
    unit : what the numbers of the declaration and of ``energy`` are in; needed if the weight has one
    every : time between two decisions, for rules that choose between synapses or that know time
    together : let proposals add up till the next decision, even if the rule could decide on each alone
    bounds : lowest and highest weight, or names of the model's parameters that say them for each synapse;
        where they are met, what really happened is booked
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
        proposals: Mapping[str, str | Proposal],
        weight: str = "w",
        unit: Quantity | None = None,
        every: Quantity | None = None,
        together: bool = False,
        bounds: tuple[Quantity | str | None, Quantity | str | None] | None = None,
        layer: str = LAYERS[0],
        plasticity_seed: int = 0,
        namespace: Mapping[str, Any] | None = None,
        dtype: Any = None,
        name: str = "synapses*",
        **others: Any,
    ) -> None:
        title = f"PlasticSynapses {name.removesuffix('*')!r}"
        self._layout: Layout | None = None
        self._has_run = self._was_watched = False
        model = model if isinstance(model, Equations) else Equations(model or "")
        for taken in sorted({*model.names, *(namespace or {})}):
            if taken.startswith(PREFIX):
                raise RequestError(
                    f"{title}: {taken!r} begins as the names that rules and books need; rename it"
                )
        self._plastic = Plastic.of(
            title,
            model,
            dtype,
            PREFIX,
            weight=weight,
            plasticity=plasticity,
            unit=unit,
            bounds=bounds,
            layer=layer,
            seed=plasticity_seed,
            together=together,
        )
        added = self._plastic.added
        self._plastic.check(source if target is None else target, every)
        self._codes = Pathways.of(title, (on_pre, on_post), {weight: proposals})
        codes = self._put_together(watched=False)
        Synapses.__init__(
            self,
            source,
            target,
            model + added.equations,
            on_pre=codes[0],
            on_post=codes[1],
            namespace={**(namespace or {}), **self._plastic.make_functions(f"plastic {next(_numbers)}")},
            dtype=_by_name(model, dtype) | added.dtypes(self._plastic.weight.dtype),
            name=name,
            **others,
        )
        self._title = f"PlasticSynapses {self.name!r}"
        self._ledger = Ledger(self, self._plastic.weight, added)
        names = get_local_namespace(1)
        for pathway, changes in self._codes.proposals.items():
            for proposal in changes.values():
                self._check_proposal(pathway, proposal.change, names)
        self._decisions: list[Decision] = []
        if every is not None and self._plastic.needs_times:
            clock = make_clock(self, every)
            for number in range(len(added.list_decisions(watched=True))):
                self._decisions.append(Decision(self, self._decide, every, clock, number))
            self.contained_objects.extend(self._decisions)

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
        self._plastic.check_connectivity(new)
        Synapses.connect(self, condition, i, j, p, n, skip_if_invalid, namespace, level + 1)
        if is_runtime():
            new = Layout.of(self.i[:], self.j[:], len(self.source), len(self.target))
        elif new is not None and self._layout is not None:
            new = self._layout.join(new)
        self._layout = new
        self._plastic.set_parameters(self, new)

    def before_run(self, run_namespace: Any) -> None:
        """Open the books, and notice weights that were set since the last run."""
        if not self._connect_called:
            raise self._refuse("there are no synapses yet; call connect() before the run")
        if self._plastic.meets and not is_runtime() and prefs.devices.cpp_standalone.openmp_threads > 0:
            raise self._refuse(f"{self._plastic.rules} lets synapses compete, for which OpenMP must be off")
        if not is_runtime() and not get_device().run_args_applied:
            get_device().apply_run_args()  # weights that a program is given are the first ones
        self._ledger.open(first=not self._has_run)
        self._has_run = True
        self._was_watched = self._is_watched
        codes = self._put_together(watched=self._was_watched)
        for pathway in self._pathways:
            pathway.code = (codes[0] | codes[1])[pathway.objname]
        super().before_run(run_namespace)

    def after_run(self) -> None:
        """Remember the weights, to notice what is done to them before the next run."""
        super().after_run()
        self._ledger.close(watched=self._was_watched)

    def energy(self) -> Energy:
        """What plasticity has cost since the first run began, in ``unit``.

        What is still transient counts as consolidated now, as when learning ends. In C++ standalone this can
        be asked once the program has run.

        Raises
        ------
        RequestError : they have not run yet
        """
        if not self._ledger.is_open:
            raise self._refuse("the books are opened when the synapses first run, which they have not")
        return self._ledger.balance()

    def reset_books(self) -> None:
        """Begin the books anew with the weights as they are, for instance after a burn-in.

        Raises
        ------
        RequestError : they have not run yet
        """
        if not self._has_run:
            raise self._refuse("the books are opened when the synapses first run, which they have not")
        self._ledger.reset()

    def __getattr__(self, name: str) -> Any:
        """Variables, and short names of those of the books where the model has none of that name."""
        own = self.__dict__.get("variables", ())
        short, without_unit = name.removesuffix("_"), name[len(name.removesuffix("_")) :]
        if short not in own and "_plastic" in self.__dict__:
            name = self._plastic.added.aliases.get(short, short) + without_unit
        return super().__getattr__(name)

    @property
    def _is_watched(self) -> bool:
        """Whether somebody else may write to the weight in the network that is about to run."""
        insiders = (self, *self._pathways, *self._decisions)
        return has_outsiders(self.variables[self._plastic.weight.name], self, insiders)

    def _decide(self, number: int) -> str:
        """Code of a decision in the network that is about to run."""
        codes = self._plastic.added.list_decisions(watched=self._is_watched)
        return codes[number] if number < len(codes) else ""

    def _put_together(self, *, watched: bool) -> tuple[dict[str, str], dict[str, str]]:
        plastic = self._plastic
        return self._codes.put_together(
            {plastic.weight.name: lambda change: plastic.added.propose(change, watched=watched)}
        )

    def _refuse(self, reason: str) -> RequestError:
        return RequestError(f"{self._title}: {reason}")

    def _check_proposal(self, pathway: str, change: str, names: Mapping[str, Any]) -> None:
        weight = self._plastic.weight
        try:
            variables = self.resolve_all(get_identifiers(change), names)
        except KeyError:
            return  # defined in the pathway's code or later on: Brian2 checks it when the run begins
        dimensions = parse_expression_dimensions(change, variables)
        if dimensions is not weight.size.dim:
            raise DimensionMismatchError(
                f"{self._title}: pathway {pathway!r} proposes {change!r} as change of {weight.name!r}",
                dimensions,
                weight.size.dim,
            )


def _by_name(model: Equations, dtype: Any) -> dict[str, Any]:
    """Data types as Brian2 takes them, by variable."""
    if dtype is None or isinstance(dtype, Mapping):
        return dict(dtype or {})
    return {equation.varname: dtype for equation in model.values() if equation.var_type == FLOAT}
